/** 统一社会信用代码 (GB 32100-2015): 17 characters and a check character over them, without I, O, S, V, Z. */

const CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY'

/** Whether 18 characters are a credit code whose check character fits: 31 less the sum of value × 3^place, modulo 31. */
export function isCreditCode(text: string): boolean {
  const values = [...text].map((character) => CHARACTERS.indexOf(character))
  if (values.length !== 18 || values.includes(-1)) return false
  let [sum, weight] = [0, 1]
  for (const value of values.slice(0, 17)) {
    sum += value * weight
    weight = (weight * 3) % CHARACTERS.length
  }
  return values[17] === (CHARACTERS.length - (sum % CHARACTERS.length)) % CHARACTERS.length
}
