/** The keys of all points, as far as Central tells whoever asks. */
import { type IdentityView, pointKeys } from '../../central/access.ts'
import { keyLine } from '../../panel/keys.ts'

export class PointKeys {
  /** Null as long as nobody has told. */
  known = $state.raw<IdentityView[] | null>(null)

  async read(): Promise<void> {
    this.known = await pointKeys().catch(() => this.known)
  }

  of(id: string): IdentityView | undefined {
    return this.known?.find((key) => key.id === id)
  }

  readonly lineOf = (id: string, now: number, isProven: boolean): string => keyLine(this.of(id), now, isProven)
}
