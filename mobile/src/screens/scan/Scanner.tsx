/** The camera of a phone, which looks for a QR code. */
import { CameraView, useCameraPermissions } from 'expo-camera'
import { useEffect } from 'react'
import { View } from 'react-native'
import { radius } from '../../look/theme'
import { Words } from '../../look/Words'
import { usePreferences } from '../../state/preferences'

interface Props {
  onCode: (code: string) => void
  /** There is no camera, or it may not be used. */
  onBlind: () => void
}

export function Scanner({ onCode, onBlind }: Props) {
  const { t } = usePreferences()
  const [permission, ask] = useCameraPermissions()
  useEffect(() => {
    if (permission === null) return
    if (!permission.granted && permission.canAskAgain) void ask()
    else if (!permission.granted) onBlind()
  }, [permission, ask, onBlind])
  if (!permission?.granted) return null
  return (
    <View style={{ borderRadius: radius.card, overflow: 'hidden' }}>
      <CameraView
        style={{ height: 320 }}
        barcodeScannerSettings={{ barcodeTypes: ['qr'] }}
        onBarcodeScanned={({ data }) => onCode(data)}
      />
      <Words centre tone="muted">
        {t.scan.looking}
      </Words>
    </View>
  )
}
