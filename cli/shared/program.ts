/** The commander program: its help and its errors in the user's language, `--lang` at every command. */
import { Command, CommanderError, Option } from 'commander'
import type { CliContext } from './context.ts'
import { LANGS, type Text } from './lang.ts'
import { widthOf } from './width.ts'

const TITLES: Record<string, string> = {
  'Usage:': '用法：', 'Arguments:': '参数：', 'Options:': '选项：', 'Commands:': '命令：', 'Global Options:': '全局选项：',
}

/** What commander appends of an option's choices and default. */
function inChinese(description: string): string {
  return description.replace(/ \(((?:choices|default): .*)\)$/s, (_all, extra: string) =>
    `（${extra.replace('choices: ', '可选：').replace(/^default: |, default: /, (found) => (found.startsWith(',') ? '；默认：' : '默认：')).replaceAll('", "', '、').replaceAll('"', '')}）`)
}

/** An empty program. Commands register on it; `finishProgram` then gives each of them what all have. */
export function createProgram(context: CliContext, version: string): Command {
  const { t } = context
  const program = new Command('nianjie')
  program
    .description(t({
      zh: '年结 Nianjie：各旗县市的财政年终结转。不带命令时打开终端界面。',
      en: 'Nianjie 年结: the fiscal year-end of many districts. Without a command it opens the terminal UI.',
    }))
    .version(version, '-V, --version', t({ zh: '显示版本', en: 'print the version' }))
  return program
}

/** Language, help, errors and output of every command, however deep. Called once all are registered. */
export function finishProgram(program: Command, context: CliContext): void {
  everyCommand(program, (command) => {
    command.exitOverride()
    command.allowExcessArguments(false)
    command.configureOutput({
      writeOut: (text) => { context.stdout.write(text) },
      writeErr: (text) => { context.stderr.write(text) },
      // `main` prints errors itself, in the user's language.
      outputError: () => {},
      getOutHelpWidth: () => context.stdout.columns ?? 100,
      getErrHelpWidth: () => context.stderr.columns ?? 100,
    })
    command.configureHelp({
      displayWidth: widthOf,
      styleTitle: (title) => (context.lang === 'zh' ? TITLES[title] ?? title : title),
      styleOptionDescription: (text) => (context.lang === 'zh' ? inChinese(text) : text),
      styleArgumentDescription: (text) => (context.lang === 'zh' ? inChinese(text) : text),
      subcommandTerm: (sub) => [sub.name(), ...sub.registeredArguments.map((argument) => argumentTerm(argument))].join(' '),
    })
    command.helpOption('-h, --help', context.t({ zh: '显示帮助', en: 'show help' }))
    if (command.commands.length > 0) command.helpCommand(false)
    if (!command.options.some((option) => option.long === '--lang')) {
      command.addOption(new Option(
        '--lang <zh|en>', context.t({ zh: '界面语言（默认取自区域设置）', en: 'language (default: from the locale)' }),
      ).choices([...LANGS]))
    }
  })
}

/** Calls `visit` for the command and all below it. */
export function everyCommand(command: Command, visit: (command: Command) => void): void {
  visit(command)
  for (const sub of command.commands) everyCommand(sub, visit)
}

const argumentTerm = (argument: { name(): string; required: boolean; variadic: boolean }) => {
  const name = argument.name() + (argument.variadic ? '...' : '')
  return argument.required ? `<${name}>` : `[${name}]`
}

const ERRORS: readonly [RegExp, string][] = [
  [/unknown option '(.*?)'/, '未知选项“$1”'],
  [/unknown command '(.*?)'/, '未知命令“$1”'],
  [/missing required argument '(.*?)'/, '缺少参数“$1”'],
  [/option '(.*?)' argument missing/, '选项“$1”缺少值'],
  [/required option '(.*?)' not specified/, '必须给出选项“$1”'],
  [/too many arguments.*?but got (\d+): (.*)\./s, '参数过多：$2'],
  [/option '(.*?)' argument '(.*?)' is invalid\.\s*/, '选项“$1”的值“$2”无效。'],
  [/command-argument value '(.*?)' is invalid for argument '(.*?)'\.\s*/, '参数“$2”的值“$1”无效。'],
  [/Allowed choices are (.*?)\.$/m, '可选：$1'],
  [/\(Did you mean one of (.*?)\?\)/, '（是不是想输入：$1？）'],
  [/\(Did you mean (.*?)\?\)/, '（是不是想输入 $1？）'],
]

/** What a parse error says, in both languages; null when help or the version was asked for and already printed. */
export function parseErrorText(error: CommanderError): Text | null {
  if (error.exitCode === 0) return null
  const en = error.message.replace(/^error: /, '')
  const zh = ERRORS.reduce((text, [pattern, into]) => text.replace(pattern, into), en)
  return { zh: `${zh}\n用 --help 查看用法`, en: `${en}\nSee --help for usage` }
}
