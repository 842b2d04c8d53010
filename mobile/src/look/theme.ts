/** The one design: colours, spaces and sizes. Nothing else in the app names a colour or a size of text. */
import { createContext, useContext } from 'react'

const light = {
  page: '#f2f5f3',
  surface: '#ffffff',
  sunken: '#e9eeeb',
  ink: '#14201a',
  muted: '#55645c',
  line: '#d9e1dc',
  brand: '#0a7546',
  brandInk: '#0a6a40',
  onBrand: '#ffffff',
  soft: '#e2f3ea',
  warn: '#8a4a00',
  warnSoft: '#fff3e0',
  bad: '#a81e25',
  badFill: '#c0262d',
  badSoft: '#fdecec',
  onBad: '#ffffff',
  sea: '#dfe9e8',
  land: '#c3d2c9',
  focus: '#1463d6',
}

const dark: typeof light = {
  page: '#0c1210',
  surface: '#161e1a',
  sunken: '#1f2924',
  ink: '#e8f0eb',
  muted: '#9db0a5',
  line: '#2a3730',
  brand: '#4fd39a',
  brandInk: '#4fd39a',
  onBrand: '#06150d',
  soft: '#12301f',
  warn: '#ffc06a',
  warnSoft: '#2b1f0d',
  bad: '#ff9a9c',
  badFill: '#ff9a9c',
  badSoft: '#2f1516',
  onBad: '#2b0507',
  sea: '#101a18',
  land: '#2b3a32',
  focus: '#7db4ff',
}

export type Colours = typeof light

export const THEMES = { light, dark }

/** Steps between things, in px. */
export const space = { xs: 4, s: 8, m: 12, l: 16, xl: 24, xxl: 32 } as const

/** Sizes of text, in px; systems make them larger for who wants that. */
export const size = { small: 13, body: 16, lead: 18, title: 22, figure: 34, huge: 52 } as const

export const radius = { small: 10, card: 18, pill: 999 } as const

/** What a finger hits. */
export const TARGET = 48

/** How wide a column of text is at most, and from which width on there is room for two. */
export const COLUMN = 640
export const WIDE = 720

export const ColoursContext = createContext<Colours>(light)

export function useColours(): Colours {
  return useContext(ColoursContext)
}
