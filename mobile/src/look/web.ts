/** Attributes that only a page knows. */
import { Platform } from 'react-native'

export const isWeb = Platform.OS === 'web'

export function web(attributes: Record<string, unknown>): object {
  return isWeb ? attributes : {}
}

/** What is not printed. */
export const SCREEN_ONLY = web({ dataSet: { screenOnly: 'yes' } })
