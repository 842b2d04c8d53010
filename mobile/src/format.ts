/** Figures and moments as people read them. Pure. */
import type { Language } from './texts'

const LOCALES: Record<Language, string> = { en: 'en-GB', es: 'es-ES' }

export class Format {
  private readonly locale: string

  constructor(
    language: Language,
    private readonly zone?: string,
  ) {
    this.locale = LOCALES[language]
  }

  /** Small amounts have the digits that tell them from nothing. */
  euros(euros: number): string {
    const digits = euros !== 0 && Math.abs(euros) < 0.1 ? 4 : 2
    return this.money(euros, 2, digits)
  }

  price(euros: number): string {
    return this.money(euros, 2, 4)
  }

  cents(cents: number): string {
    return this.euros(cents / 100)
  }

  microEuros(micro: number): string {
    return this.euros(micro / 1_000_000)
  }

  private money(euros: number, least: number, most: number): string {
    const style = { style: 'currency', currency: 'EUR', minimumFractionDigits: least, maximumFractionDigits: most } as const
    return new Intl.NumberFormat(this.locale, style).format(euros)
  }

  kwh(kwh: number): string {
    return `${this.number(kwh, kwh < 10 ? 3 : 1)} kWh`
  }

  kw(kw: number): string {
    return `${this.number(kw, 1)} kW`
  }

  km(km: number): string {
    return km < 1 ? `${this.number(km * 1000)} m` : `${this.number(km, km < 10 ? 1 : 0)} km`
  }

  number(value: number, digits = 0): string {
    return new Intl.NumberFormat(this.locale, { maximumFractionDigits: digits }).format(value)
  }

  percent(permille: number): string {
    return this.number(permille / 10, 1)
  }

  time(moment: string | number, seconds = false): string {
    return this.written(moment, { hour: '2-digit', minute: '2-digit', ...(seconds ? { second: '2-digit' } : {}) })
  }

  day(moment: string | number): string {
    return this.written(moment, { weekday: 'short', day: 'numeric', month: 'short' })
  }

  shortDay(moment: string | number): string {
    return this.written(moment, { weekday: 'short', day: 'numeric' })
  }

  month(moment: string | number): string {
    return this.written(moment, { month: 'long', year: 'numeric' })
  }

  moment(moment: string | number): string {
    return this.written(moment, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' })
  }

  private written(moment: string | number, style: Intl.DateTimeFormatOptions): string {
    const zone = this.zone === undefined ? {} : { timeZone: this.zone }
    return new Intl.DateTimeFormat(this.locale, { ...style, ...zone }).format(new Date(moment))
  }

  /** How long something takes. */
  minutes(minutes: number): string {
    const whole = Math.max(1, Math.round(minutes))
    const [hours, rest] = [Math.floor(whole / 60), whole % 60]
    if (hours === 0) return `${rest} min`
    return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`
  }

  /** How long something has taken so far, as a clock shows it. */
  clock(ms: number): string {
    const all = Math.max(0, Math.floor(ms / 1000))
    const two = (part: number) => String(part).padStart(2, '0')
    const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60]
    return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`
  }
}
