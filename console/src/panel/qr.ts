/** A QR code as one path, made by a library that is loaded with the first code. */

export interface QrPath {
  /** How wide and high its field is, in modules, with the quiet zone that cameras want. */
  size: number
  /** Its dark modules, to be filled. */
  path: string
}

/** The modules around a code that stay light, as ISO/IEC 18004 wants. */
const QUIET = 4

/** The code of a text; one that is dirty or torn in part is still read. */
export async function qrOf(text: string): Promise<QrPath> {
  const { encode } = await import('uqr')
  const { data, size } = encode(text, { ecc: 'M', border: QUIET })
  return { size, path: pathOf(data) }
}

/** Dark modules as rectangles, one for each run in a row. */
export function pathOf(rows: boolean[][]): string {
  const runs: string[] = []
  for (const [y, row] of rows.entries()) {
    let begin = -1
    for (let x = 0; x <= row.length; x++) {
      if (row[x] && begin < 0) begin = x
      if (row[x] || begin < 0) continue
      runs.push(`M${begin} ${y}h${x - begin}v1H${begin}z`)
      begin = -1
    }
  }
  return runs.join('')
}
