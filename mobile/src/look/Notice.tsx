/** A sentence that stands out: what went wrong, or what is good to know. */
import type { ReactNode } from 'react'
import { View } from 'react-native'
import { Icon, type IconName } from './Icon'
import { radius, space, useColours } from './theme'
import { Words } from './Words'

interface Props {
  children: ReactNode
  tone?: 'bad' | 'warn' | 'good'
  icon?: IconName
}

export function Notice({ children, tone = 'warn', icon = 'warning' }: Props) {
  const colours = useColours()
  const [fill, ink] = {
    bad: [colours.badSoft, 'bad'] as const,
    warn: [colours.warnSoft, 'warn'] as const,
    good: [colours.soft, 'brandInk'] as const,
  }[tone]
  return (
    <View
      role={tone === 'bad' ? 'alert' : 'status'}
      style={{ flexDirection: 'row', gap: space.m, padding: space.m, borderRadius: radius.small, backgroundColor: fill, alignItems: 'center' }}
    >
      <Icon name={icon} colour={colours[ink]} size={22} />
      <View style={{ flex: 1 }}>{typeof children === 'string' ? <Words tone={ink}>{children}</Words> : children}</View>
    </View>
  )
}

/** What stands where there is nothing yet, with what to do. */
export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ReactNode }) {
  const colours = useColours()
  return (
    <View style={{ alignItems: 'center', gap: space.m, paddingVertical: space.xxl, paddingHorizontal: space.l }}>
      <Icon name={icon} colour={colours.muted} size={44} />
      <Words centre tone="muted">
        {title}
      </Words>
      {children}
    </View>
  )
}
