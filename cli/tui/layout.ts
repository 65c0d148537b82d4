/** How the screen is divided: header, path, body, message line, key bar. */
import type { State } from './state.ts'

const FRAME_ROWS = 5

/** Rows between the path and the message line. */
export const bodyHeight = (state: Pick<State, 'size'>): number => Math.max(1, state.size.rows - FRAME_ROWS)

/** The first row to draw so that the cursor is inside, in the middle where possible. */
export function windowTop(index: number, length: number, height: number): number {
  return Math.max(0, Math.min(length - height, index - Math.floor(height / 2)))
}
