/** What things stand on: cards, rows of facts, and small marks. */
import type { ReactNode } from 'react'
import { Pressable, View, type ViewStyle } from 'react-native'
import { type Colours, radius, space, TARGET, useColours } from './theme'
import { Words } from './Words'

interface CardProps {
  children: ReactNode
  /** With it, the whole card is pressed. */
  onPress?: () => void
  style?: ViewStyle
}

export function Card({ children, onPress, style }: CardProps) {
  const colours = useColours()
  if (!onPress) return <View style={[cardStyle(colours), style]}>{children}</View>
  return (
    <Pressable
      role="link"
      onPress={onPress}
      style={({ pressed }) => [cardStyle(colours), { minHeight: TARGET, opacity: pressed ? 0.8 : 1 }, style]}
    >
      {children}
    </Pressable>
  )
}

function cardStyle(colours: Colours): ViewStyle {
  return {
    backgroundColor: colours.surface,
    borderColor: colours.line,
    borderWidth: 1,
    borderRadius: radius.card,
    padding: space.l,
    gap: space.s,
  }
}

interface FactProps {
  name: string
  children: ReactNode
  strong?: boolean
}

/** A name and what it is, at the two ends of a line. */
export function Fact({ name, children, strong }: FactProps) {
  return (
    <View style={{ flexDirection: 'row', justifyContent: 'space-between', gap: space.m }}>
      <Words tone={strong ? 'ink' : 'muted'} strong={strong} style={{ flexShrink: 1 }}>
        {name}
      </Words>
      <Words strong style={{ flexShrink: 1, textAlign: 'right' }}>
        {children}
      </Words>
    </View>
  )
}

interface MarkProps {
  children: string
  tone: 'good' | 'warn' | 'bad' | 'quiet'
}

export function Mark({ children, tone }: MarkProps) {
  const colours = useColours()
  const [fill, ink] = {
    good: [colours.soft, 'brandInk'] as const,
    warn: [colours.warnSoft, 'warn'] as const,
    bad: [colours.badSoft, 'bad'] as const,
    quiet: [colours.sunken, 'muted'] as const,
  }[tone]
  return (
    <View style={{ backgroundColor: fill, borderRadius: radius.pill, paddingHorizontal: space.m, paddingVertical: 2, alignSelf: 'flex-start' }}>
      <Words kind="small" strong tone={ink}>
        {children}
      </Words>
    </View>
  )
}

interface RowProps {
  children: ReactNode
  wrap?: boolean
  end?: boolean
}

/** Things beside one another. */
export function Row({ children, wrap, end }: RowProps) {
  const look: ViewStyle = {
    flexDirection: 'row',
    alignItems: 'center',
    gap: space.s,
    flexWrap: wrap ? 'wrap' : 'nowrap',
    justifyContent: end ? 'space-between' : 'flex-start',
  }
  return <View style={look}>{children}</View>
}
