/** Text, in the few kinds that there are. */
import type { ReactNode } from 'react'
import { Text, type TextStyle } from 'react-native'
import { web } from './web'
import { type Colours, size, useColours } from './theme'

interface Props {
  children: ReactNode
  kind?: 'body' | 'small' | 'lead' | 'title' | 'figure' | 'huge'
  tone?: 'ink' | 'muted' | 'brandInk' | 'bad' | 'warn' | 'onBrand'
  strong?: boolean
  centre?: boolean
  style?: TextStyle
  lines?: number
  polite?: boolean
}

const FIGURES: TextStyle = { fontVariant: ['tabular-nums'] }

export function Words({ children, kind = 'body', tone = 'ink', strong, centre, style, lines, polite }: Props) {
  const colours = useColours()
  const weight = strong || kind === 'figure' || kind === 'huge' ? '700' : '400'
  const look: TextStyle = {
    color: colours[tone],
    fontSize: size[kind],
    lineHeight: Math.round(size[kind] * (kind === 'huge' || kind === 'figure' ? 1.15 : 1.45)),
    fontWeight: weight,
    textAlign: centre ? 'center' : 'left',
    fontFamily: FONT,
  }
  const live = polite ? ({ 'aria-live': 'polite' } as const) : {}
  return (
    <Text style={[look, FIGURES, style]} numberOfLines={lines} {...live}>
      {children}
    </Text>
  )
}

interface HeadingProps {
  children: ReactNode
  level?: 2 | 3
}

/** What stands above a part of a screen. */
export function Heading({ children, level = 2 }: HeadingProps) {
  const colours = useColours()
  return (
    <Text role="heading" {...web({ 'aria-level': level })} style={headingStyle(colours, level === 2 ? size.lead : size.body)}>
      {children}
    </Text>
  )
}

export function headingStyle(colours: Colours, fontSize: number): TextStyle {
  return { color: colours.ink, fontSize, lineHeight: Math.round(fontSize * 1.3), fontWeight: '700', fontFamily: FONT }
}

export const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"
