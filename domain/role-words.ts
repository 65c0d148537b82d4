/** Roles by their names, wherever somebody is waited for. */

interface Text { zh: string; en: string }

export const ROLE_WORDS = {
  engineer: { zh: '工程师', en: 'engineer' }, coordinator: { zh: '协调人', en: 'coordinator' },
  finance: { zh: '财政', en: 'finance' }, auditor: { zh: '审计', en: 'auditor' },
} as const satisfies Record<string, Text>

/** Roles in the reader's language; a word that is no role (a district code, a name) stays as it is. */
export function waitingOnText(waitingOn: string, lang: 'zh' | 'en', names: ReadonlyMap<string, Text>): string {
  return waitingOn.split(/[,、 ]+/).filter(Boolean).map((word) =>
    (ROLE_WORDS as Record<string, Text>)[word]?.[lang] ?? names.get(word)?.[lang] ?? word).join(lang === 'zh' ? '、' : ', ')
}
