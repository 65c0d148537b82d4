/** The health score of asset data: one figure from the cards without errors and those without errors and warnings. Pure. */

/** Cards, those without an error (`sound`), and those without error and warning (`clean`). */
export interface CardHealth { cards: number; sound: number; clean: number }

/**
 * 0 to 100, one decimal, rounded down: half of it for cards without errors, half for cards without errors and warnings, so
 * that 100 means that nothing was found. Null without cards.
 */
export function healthScore({ cards, sound, clean }: CardHealth): number | null {
  return cards === 0 ? null : Math.floor(((sound + clean) * 500) / cards) / 10
}
