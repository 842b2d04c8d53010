/** The camera of a browser, which looks for a QR code; nothing of what it sees leaves the page. */
import jsQR from 'jsqr'
import { createElement, useEffect, useRef } from 'react'
import { View } from 'react-native'
import { radius } from '../../look/theme'
import { Words } from '../../look/Words'
import { usePreferences } from '../../state/preferences'

interface Props {
  onCode: (code: string) => void
  /** There is no camera, or it may not be used. */
  onBlind: () => void
}

const LOOK_MS = 200
const WIDTH = 480

export function Scanner({ onCode, onBlind }: Props) {
  const { t } = usePreferences()
  const video = useRef<HTMLVideoElement>(null)
  const told = useRef({ onCode, onBlind })
  told.current = { onCode, onBlind }

  useEffect(() => {
    let stream: MediaStream | null = null
    let isOver = false
    const end = () => stream?.getTracks().forEach((track) => track.stop())
    const begin = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
      if (isOver) return end()
      video.current!.srcObject = stream
      await video.current!.play()
    }
    begin().catch(() => isOver || told.current.onBlind())
    const timer = setInterval(() => {
      const code = video.current ? codeIn(video.current) : null
      if (code !== null) told.current.onCode(code)
    }, LOOK_MS)
    return () => {
      isOver = true
      clearInterval(timer)
      end()
    }
  }, [])

  return (
    <View style={{ borderRadius: radius.card, overflow: 'hidden' }}>
      {createElement('video', { ref: video, muted: true, playsInline: true, style: { width: '100%', height: 320, objectFit: 'cover' }, 'aria-label': t.scan.looking })}
      <Words centre tone="muted">
        {t.scan.looking}
      </Words>
    </View>
  )
}

function codeIn(video: HTMLVideoElement): string | null {
  if (video.videoWidth === 0) return null
  const height = Math.round((WIDTH * video.videoHeight) / video.videoWidth)
  const canvas = document.createElement('canvas')
  canvas.width = WIDTH
  canvas.height = height
  const pen = canvas.getContext('2d', { willReadFrequently: true })!
  pen.drawImage(video, 0, 0, WIDTH, height)
  return jsQR(pen.getImageData(0, 0, WIDTH, height).data, WIDTH, height)?.data ?? null
}
