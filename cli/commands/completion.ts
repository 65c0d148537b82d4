/** `nianjie completion`: a script for the shell, generated from the commands as they are registered. */
import { Argument, type Command, type Option } from 'commander'
import type { CliContext } from '../shared/context.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

export function registerCompletion(program: Command, context: CliContext): void {
  program.command('completion')
    .description(context.t({
      zh: '输出命令补全脚本，例如 source <(nianjie completion bash)',
      en: 'print a completion script, such as: source <(nianjie completion bash)',
    }))
    .addArgument(new Argument('<shell>', context.t({ zh: '命令行程序', en: 'shell' })).choices([...SHELLS]))
    .action((shell: Shell) => context.print(completionScript(program, shell)))
}

/** A command by its words below `nianjie`, with what can follow. */
interface Place {
  path: string; description: string; words: string[]; options: readonly Option[]; values: Record<string, readonly string[]>
}

/** The script for a shell; complete for every command, option and closed set of values. */
export function completionScript(program: Command, shell: Shell): string {
  const places = placesOf(program, [])
  return shell === 'fish' ? fishScript(places) : bashScript(places, shell)
}

function placesOf(command: Command, path: readonly string[]): Place[] {
  const visible = command.createHelp().visibleCommands(command)
  const options = command.createHelp().visibleOptions(command)
  const choices = command.registeredArguments.flatMap((argument) => argument.argChoices ?? [])
  const values = Object.fromEntries(options.filter((option) => option.argChoices && option.long)
    .map((option) => [option.long!, option.argChoices!]))
  const own = {
    path: path.join(' '), description: command.description(), words: [...visible.map((sub) => sub.name()), ...choices], options,
    values,
  }
  return [own, ...visible.flatMap((sub) => placesOf(sub, [...path, sub.name()]))]
}

const longOf = (place: Place) => place.options.flatMap((option) => (option.long ? [option.long] : []))

function bashScript(places: readonly Place[], shell: 'bash' | 'zsh'): string {
  const groups = places.filter((place) => place.path && places.some((other) => other.path.startsWith(`${place.path} `)))
    .map((place) => place.path)
  const values = places.flatMap((place) => Object.entries(place.values).map(([option, words]) =>
    `    "${place.path} ${option}") COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$word")); return ;;`))
  const words = places.map((place) =>
    `    "${place.path}") COMPREPLY=($(compgen -W "${[...place.words, ...longOf(place)].join(' ')}" -- "$word")) ;;`)
  return [
    ...(shell === 'zsh' ? ['autoload -U +X bashcompinit && bashcompinit'] : []),
    '_nianjie() {',
    '  local word="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" path="" index',
    '  for ((index = 1; index < COMP_CWORD; index++)); do',
    '    case "${COMP_WORDS[index]}" in -*) break ;; esac',
    '    if [ -z "$path" ]; then path="${COMP_WORDS[index]}"',
    `    else case "$path" in ${groups.map((group) => `"${group}"`).join('|') || '""'}) path="$path \${COMP_WORDS[index]}" ;; esac; fi`,
    '  done',
    '  case "$path $previous" in',
    ...values,
    '  esac',
    '  case "$path" in',
    ...words,
    '  esac',
    '}',
    'complete -o default -F _nianjie nianjie',
  ].join('\n')
}

function fishScript(places: readonly Place[]): string {
  const quote = (text: string) => `'${text.replace(/[\\']/g, '\\$&').replace(/\n/g, ' ')}'`
  const top = places[0]!
  const lines = places.flatMap((place) => {
    const seen = place.path.split(' ').filter(Boolean).map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ')
    const subs = places.filter((other) => other.path && other.path.split(' ').slice(0, -1).join(' ') === place.path)
    const unseen = subs.length ? `not __fish_seen_subcommand_from ${subs.map((sub) => sub.path.split(' ').at(-1)).join(' ')}` : ''
    const when = [seen, unseen].filter(Boolean).join('; and ')
    const condition = (text: string) => (text ? ` -n ${quote(text)}` : '')
    return [
      ...subs.map(
        (sub) => `complete -c nianjie -f${condition(when)} -a ${sub.path.split(' ').at(-1)} -d ${quote(sub.description)}`,
      ),
      ...place.words.filter((word) => !subs.some((sub) => sub.path.split(' ').at(-1) === word))
        .map((word) => `complete -c nianjie -f${condition(seen)} -a ${word}`),
      ...(place === top ? [] : place.options).filter((option) => option.long).map((option) =>
        `complete -c nianjie${condition(seen)} -l ${option.long!.slice(2)}${option.argChoices ? ` -xa ${quote(option.argChoices.join(' '))}` : option.required ? ' -r' : ''} -d ${quote(option.description)}`),
    ]
  })
  return lines.join('\n')
}
