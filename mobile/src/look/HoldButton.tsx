/** A button that acts only once it was held, so that no touch by accident stops a charge. Who cannot hold presses it once, and is
 *  asked. */
import { useEffect, useRef, useState } from 'react'
import { Pressable, View } from 'react-native'
import { Button } from './Button'
import { radius, space, useColours } from './theme'
import { Words } from './Words'

export const HELD_MS = 900
const STEP_MS = 30

interface Props {
  label: string
  hint: string
  sure: string
  onHeld: () => void
  busy?: boolean
}

export function HoldButton({ label, hint, sure, onHeld, busy = false }: Props) {
  const colours = useColours()
  const [part, setPart] = useState(0)
  const [asks, setAsks] = useState(false)
  const timer = useRef<ReturnType<typeof setInterval> | null>(null)

  const end = () => {
    if (timer.current !== null) clearInterval(timer.current)
    timer.current = null
    setPart(0)
  }
  const begin = () => {
    end()
    const begun = Date.now()
    timer.current = setInterval(() => {
      const held = Date.now() - begun
      setPart(Math.min(1, held / HELD_MS))
      if (held < HELD_MS) return
      end()
      onHeld()
    }, STEP_MS)
  }
  useEffect(() => end, [])

  return (
    <View style={{ gap: space.s, alignSelf: 'stretch' }}>
      <Pressable
        role="button"
        aria-label={`${label}. ${hint}`}
        aria-busy={busy}
        disabled={busy}
        onPressIn={begin}
        onPressOut={end}
        onPress={() => setAsks(true)}
        style={{ minHeight: 60, borderRadius: radius.pill, overflow: 'hidden', justifyContent: 'center', backgroundColor: colours.badSoft, borderWidth: 2, borderColor: colours.badFill }}
      >
        <View style={{ position: 'absolute', left: 0, top: 0, bottom: 0, width: `${part * 100}%`, backgroundColor: colours.badFill, opacity: 0.35 }} />
        <Words strong kind="lead" centre tone="bad">
          {label}
        </Words>
      </Pressable>
      {asks && !busy ? <Button label={sure} kind="bad" onPress={onHeld} /> : null}
    </View>
  )
}
