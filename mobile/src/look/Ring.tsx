/** A ring that fills with what was charged, and has a spark running on it as long as energy flows. */
import type { ReactNode } from 'react'
import { useEffect, useRef, useState } from 'react'
import { AccessibilityInfo, Animated, Easing, Platform, View } from 'react-native'
import Svg, { Circle } from 'react-native-svg'
import { useColours } from './theme'

const WIDTH = 14
const TURN_MS = 2400

interface Props {
  /** From 0 to 1; null where nobody knows how much it will be. */
  part: number | null
  moves: boolean
  diameter: number
  children: ReactNode
}

export function Ring({ part, moves, diameter, children }: Props) {
  const colours = useColours()
  const radius = (diameter - WIDTH) / 2
  const around = 2 * Math.PI * radius
  const filled = part === null ? 0 : Math.min(1, Math.max(0, part))
  const shared = { cx: diameter / 2, cy: diameter / 2, r: radius, fill: 'none', strokeWidth: WIDTH }
  return (
    <View style={{ width: diameter, height: diameter, alignItems: 'center', justifyContent: 'center' }}>
      <View aria-hidden style={{ position: 'absolute', left: 0, top: 0 }}>
        <Svg width={diameter} height={diameter}>
          <Circle {...shared} stroke={moves ? colours.soft : colours.sunken} />
          <Circle
            {...shared}
            stroke={colours.brand}
            strokeLinecap="round"
            strokeDasharray={`${around * filled} ${around}`}
            transform={`rotate(-90 ${diameter / 2} ${diameter / 2})`}
            opacity={filled > 0 ? 1 : 0}
          />
        </Svg>
      </View>
      {moves && <Spark diameter={diameter} />}
      {children}
    </View>
  )
}

function Spark({ diameter }: { diameter: number }) {
  const colours = useColours()
  const turn = useRef(new Animated.Value(0)).current
  const [isCalm, setCalm] = useState(true)
  useEffect(() => {
    void AccessibilityInfo.isReduceMotionEnabled().then(setCalm)
  }, [])
  useEffect(() => {
    if (isCalm) return
    const spec = { toValue: 1, duration: TURN_MS, easing: Easing.linear, useNativeDriver: Platform.OS !== 'web' }
    const running = Animated.loop(Animated.timing(turn, spec))
    running.start()
    return () => running.stop()
  }, [isCalm, turn])
  const rotate = turn.interpolate({ inputRange: [0, 1], outputRange: ['0deg', '360deg'] })
  return (
    <Animated.View aria-hidden style={{ position: 'absolute', width: diameter, height: diameter, alignItems: 'center', transform: [{ rotate }] }}>
      <View
        style={{ width: WIDTH + 6, height: WIDTH + 6, marginTop: -3, borderRadius: WIDTH, backgroundColor: colours.brand, borderWidth: 3, borderColor: colours.surface }}
      />
    </Animated.View>
  )
}
