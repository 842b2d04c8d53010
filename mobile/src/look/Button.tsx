/** What is pressed. */
import { Pressable, View, type ViewStyle } from 'react-native'
import { Icon, type IconName } from './Icon'
import { radius, space, TARGET, useColours } from './theme'
import { Words } from './Words'

interface Props {
  label: string
  onPress: () => void
  kind?: 'main' | 'plain' | 'bad'
  icon?: IconName
  disabled?: boolean
  busy?: boolean
  hint?: string
}

export function Button({ label, onPress, kind = 'plain', icon, disabled = false, busy = false, hint }: Props) {
  const colours = useColours()
  const off = disabled || busy
  const [fill, ink] = {
    main: [colours.brand, 'onBrand'] as const,
    plain: [colours.sunken, 'ink'] as const,
    bad: [colours.badSoft, 'bad'] as const,
  }[kind]
  const look = (pressed: boolean): ViewStyle => ({
    minHeight: TARGET,
    maxWidth: '100%',
    borderRadius: radius.pill,
    paddingHorizontal: space.xl,
    paddingVertical: space.s,
    backgroundColor: off ? colours.sunken : fill,
    opacity: pressed ? 0.8 : 1,
    flexDirection: 'row',
    alignItems: 'center',
    justifyContent: 'center',
    gap: space.s,
  })
  const tone = off ? 'muted' : ink
  return (
    <Pressable
      role="button"
      aria-label={hint}
      aria-busy={busy}
      disabled={off}
      onPress={onPress}
      style={({ pressed }) => look(pressed)}
    >
      {icon && <Icon name={icon} colour={colours[tone]} size={20} />}
      <Words strong tone={tone} centre style={{ flexShrink: 1 }}>
        {label}
      </Words>
    </Pressable>
  )
}

interface IconButtonProps {
  name: IconName
  label: string
  onPress: () => void
  filled?: boolean
  pressed?: boolean
  framed?: boolean
  disabled?: boolean
}

/** A button without words on it; its label is read aloud. */
export function IconButton({ name, label, onPress, filled, pressed, framed, disabled }: IconButtonProps) {
  const colours = useColours()
  const look: ViewStyle = {
    width: TARGET,
    height: TARGET,
    borderRadius: radius.pill,
    alignItems: 'center',
    justifyContent: 'center',
    backgroundColor: framed ? colours.surface : 'transparent',
    borderWidth: framed ? 1 : 0,
    borderColor: colours.line,
    opacity: disabled ? 0.4 : 1,
  }
  const state = pressed === undefined ? ({ role: 'button' } as const) : ({ role: 'switch', 'aria-checked': pressed } as const)
  return (
    <Pressable {...state} aria-label={label} onPress={onPress} style={look} disabled={disabled}>
      <View>
        <Icon name={name} colour={filled ? colours.brandInk : colours.ink} {...(filled ? { filled } : {})} />
      </View>
    </Pressable>
  )
}
