/** The icons, drawn on a field of 24; they say nothing to who cannot see them. */
import { View } from 'react-native'
import Svg, { Path } from 'react-native-svg'

const PATHS = {
  near: 'M12 21s7-6.2 7-11.5A7 7 0 0 0 5 9.5C5 14.8 12 21 12 21zm0-9a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z',
  bolt: 'M13 2 5 13.5h5.5L9 22l9-12.5h-5.8z',
  history: 'M5 3h14v18l-3-2-2 2-2-2-2 2-2-2-3 2zM8.5 8h7M8.5 12h7',
  calendar: 'M4 6h16v15H4zM4 10.5h16M8 3v5M16 3v5',
  person: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 21c.8-4.2 3.6-6 7.500-6s6.700 1.800 7.500 6',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  star: 'M12 3.500l2.600 5.500 6 .8-4.400 4.200 1.100 6L12 17.100 6.700 20l1.100-6L3.400 9.800l6-.8z',
  car: 'M4 16.500V12l2-5.500h12L20 12v4.500zM4 12h16M7 16.500v2M17 16.500v2',
  card: 'M3 5.500h18v13H3zM3 10h18M6.500 15h4',
  scan: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M7 12h10',
  search: 'M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.500 15.500 21 21',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  check: 'M5 12.500l4.500 4.500L19 7.500',
  warning: 'M12 4 2.500 20h19zM12 10v4.500M12 17.200v.3',
  cloud: 'M7 18.500h10a4 4 0 0 0 .8-7.900A6 6 0 0 0 6.200 9.600 4.500 4.500 0 0 0 7 18.500zM3 3l18 18',
  share: 'M12 15V3M8 7l4-4 4 4M5 12v8h14v-8',
  list: 'M8 6h12M8 12h12M8 18h12M4 6h.1M4 12h.1M4 18h.1',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.500 2',
  people: 'M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 20c.6-4 3-5.500 6.500-5.500s5.900 1.500 6.500 5.500M16 11a3 3 0 1 0-1-5.800M18 14.800c2 .6 3.200 2.200 3.500 5.200',
} as const

export type IconName = keyof typeof PATHS

interface Props {
  name: IconName
  colour: string
  size?: number
  filled?: boolean
}

export function Icon({ name, colour, size = 24, filled = name === 'bolt' }: Props) {
  return (
    <View aria-hidden importantForAccessibility="no-hide-descendants">
      <Svg width={size} height={size} viewBox="0 0 24 24">
        <Path
          d={PATHS[name]}
          fill={filled ? colour : 'none'}
          stroke={colour}
          strokeWidth={filled ? 1 : 2}
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      </Svg>
    </View>
  )
}
