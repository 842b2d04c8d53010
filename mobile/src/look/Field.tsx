/** What is typed, and what is chosen. */
import { useId, useState } from 'react'
import { Pressable, TextInput, type TextInputProps, View } from 'react-native'
import { IconButton } from './Button'
import { Row } from './Card'
import { radius, size, space, TARGET, useColours } from './theme'
import { FONT, Words } from './Words'

interface FieldProps extends Pick<TextInputProps, 'secureTextEntry' | 'autoComplete' | 'inputMode' | 'onSubmitEditing' | 'placeholder' | 'autoFocus' | 'autoCapitalize'> {
  label: string
  value: string
  onChange: (value: string) => void
  help?: string
  hiddenLabel?: boolean
}

export function Field({ label, value, onChange, help, hiddenLabel, ...more }: FieldProps) {
  const colours = useColours()
  const [isFocused, focus] = useState(false)
  return (
    <View style={{ gap: space.xs, flexGrow: 1 }}>
      {!hiddenLabel && <Words strong>{label}</Words>}
      <TextInput
        aria-label={label}
        value={value}
        onChangeText={onChange}
        onFocus={() => focus(true)}
        onBlur={() => focus(false)}
        placeholderTextColor={colours.muted}
        style={{
          minHeight: TARGET,
          paddingHorizontal: space.l,
          borderRadius: radius.small,
          borderWidth: 2,
          borderColor: isFocused ? colours.focus : colours.line,
          backgroundColor: colours.surface,
          color: colours.ink,
          fontSize: size.body,
          fontFamily: FONT,
          minWidth: 0,
        }}
        {...more}
      />
      {help !== undefined && (
        <Words kind="small" tone="muted">
          {help}
        </Words>
      )}
    </View>
  )
}

interface ChoiceProps<T extends string> {
  label: string
  options: readonly (readonly [T, string])[]
  value: T
  onChange: (value: T) => void
  /** How many stand beside one another at most; all of them, if left out. */
  columns?: number
}

/** One of a few, all of which are seen. */
export function Choice<T extends string>({ label, options, value, onChange, columns }: ChoiceProps<T>) {
  const colours = useColours()
  const group = useId()
  return (
    <View
      role="radiogroup"
      aria-label={label}
      style={{ flexDirection: 'row', flexWrap: 'wrap', padding: 3, gap: 3, borderRadius: radius.card, backgroundColor: colours.sunken }}
    >
      {options.map(([id, text]) => {
        const isChosen = id === value
        return (
          <Pressable
            key={group + id}
            role="radio"
            aria-checked={isChosen}
            onPress={() => onChange(id)}
            style={{
              flexGrow: 1,
              flexBasis: columns === undefined ? 'auto' : `${Math.floor(92 / columns)}%`,
              minHeight: TARGET - 6,
              paddingHorizontal: space.s,
              alignItems: 'center',
              justifyContent: 'center',
              borderRadius: radius.card - 3,
              backgroundColor: isChosen ? colours.surface : 'transparent',
              borderWidth: 1,
              borderColor: isChosen ? colours.line : 'transparent',
            }}
          >
            <Words centre strong={isChosen} tone={isChosen ? 'ink' : 'muted'}>
              {text}
            </Words>
          </Pressable>
        )
      })}
    </View>
  )
}

interface StepperProps {
  label: string
  text: string
  less: string
  more: string
  onLess: () => void
  onMore: () => void
}

/** A figure between less and more. */
export function Stepper({ label, text, less, more, onLess, onMore }: StepperProps) {
  return (
    <View role="group" aria-label={label}>
      <Row end>
        <IconButton name="minus" label={less} onPress={onLess} framed />
        <Words kind="title" strong polite centre style={{ flexShrink: 1 }}>
          {text}
        </Words>
        <IconButton name="plus" label={more} onPress={onMore} framed />
      </Row>
    </View>
  )
}
