/** Days as people choose them, where they are. Pure. */

const DAY = /^2\d{3}-\d\d-\d\d$/

/** The moment when a day begins where the reader is, or the day so many days later; null for what is no day. */
export function dayBegins(day: string | undefined, later: number): string | null {
  if (day === undefined || !DAY.test(day)) return null
  const at = new Date(`${day}T00:00`)
  if (Number.isNaN(at.getTime())) return null
  at.setDate(at.getDate() + later)
  return at.toISOString()
}

/** The day on which a moment falls where the reader is. */
export function dayOf(at: Date): string {
  const two = (part: number) => String(part).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
}
