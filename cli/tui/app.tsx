/** Draws the state and hands keys to the session: nothing else knows of Ink. */
import { useEffect, useSyncExternalStore } from 'react'
import { Box, Text, useInput, usePaste, useWindowSize } from 'ink'
import { frameLines } from './frame.ts'
import { keyNames } from './keys.ts'
import type { Line } from './line.ts'
import type { Session } from './session.ts'
import { STYLES } from './theme.ts'

export interface AppProps { readonly session: Session }

export function App({ session }: AppProps) {
  const state = useSyncExternalStore(session.subscribe, session.get)
  const { columns, rows } = useWindowSize()
  useEffect(() => session.dispatch({ type: 'resized', columns, rows }), [session, columns, rows])
  useInput((input, key) => session.press(keyNames(input, key)))
  usePaste((text) => session.paste(text))
  return (
    <Box flexDirection="column">
      {frameLines(state).map((line, index) => <Row key={index} line={line} />)}
    </Box>
  )
}

function Row({ line }: { readonly line: Line }) {
  if (line.every((one) => one.text === '')) return <Text> </Text>
  return (
    <Text wrap="truncate">
      {line.map((one, index) => <Text key={index} {...STYLES[one.style ?? 'plain']}>{one.text}</Text>)}
    </Text>
  )
}
