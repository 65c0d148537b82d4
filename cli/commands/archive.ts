/** `nianjie archive`: the archive of a year as one folder; `archive verify` checks one from the folder alone. */
import { existsSync, statSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { judgeIdentity } from '../../activities/judge.ts'
import { loadActors } from '../../config/load.ts'
import { FolderTaken } from '../../report/archive/folder.ts'
import { sizeText } from '../../report/archive/html.ts'
import type { ArchiveIndex } from '../../report/archive/model.ts'
import { type ArchiveVerdict, verifyArchive } from '../../report/archive/verify.ts'
import { ChangedMeanwhile, NothingToArchive, writeArchive } from '../../report/archive/write.ts'
import { keysFolderOf, signAs } from '../operations/keys.ts'
import type { CliContext } from '../shared/context.ts'
import { type CliError, EXIT, refusal, usageError } from '../shared/exit.ts'
import { districtsOption, jsonOption, knownDistricts, parseYear } from '../shared/options.ts'
import { safeText } from '../shared/safe-text.ts'
import { serviceLook, yearEndLook } from './service-report.ts'

interface Flags { year?: number; out?: string; district?: string[]; as?: string; json?: boolean }
interface VerifyFlags { json?: boolean; actors?: string }

export function registerArchive(program: Command, context: CliContext): void {
  const { t } = context
  const archive = program.command('archive')
    .description(t({
      zh: '将一个年度归档为一个文件夹：报告、结转结果、凭证、签名的决定、审计链、服务记录、目录和校验和',
      en: 'archive a year as one folder: reports, results, entries, signed decisions, audit chains, records of the service, index and checksums',
    }))
    .addOption(new Option('--year <year>', t({ zh: '结账年度', en: 'closing fiscal year' })).argParser(parseYear))
    .addOption(districtsOption(context))
    .addOption(new Option('--out <folder>', t({ zh: '写入的文件夹（尚不存在，或为空）', en: 'folder to write: not there yet, or empty' })))
    .addOption(new Option('--as <actor>', t({ zh: '以哪位操作人的身份（签名封存，可省略）', en: 'as which actor, who signs for it (optional)' })))
    .addOption(jsonOption(context))
    .action((flags: Flags) => write(context, flags))
  archive.command('verify <folder>')
    .description(t({
      zh: '只凭文件夹核验档案：缺少、改动、多出的文件，签名，审计链',
      en: 'check an archive from its folder alone: missing, changed and extra files, signatures, audit chains',
    }))
    .addOption(new Option('--actors <folder>', t({
      zh: '单位自己的 actors.yaml 所在文件夹：档案中的公钥须与之相符',
      en: 'folder of the office\'s own actors.yaml: the keys of the archive must be those',
    })))
    .addOption(jsonOption(context))
    // `--json` stands at both commands: whichever took it.
    .action((folder: string, _flags: VerifyFlags, command: Command) => verify(
      context, folder, command.optsWithGlobals<VerifyFlags>(),
    ))
}

async function write(context: CliContext, { year, out, district, as: actor, json }: Flags): Promise<void> {
  // Not mandatory by themselves: `archive verify` has neither.
  if (year === undefined || out === undefined) throw usageError({ zh: '需要 --year 和 --out', en: 'give --year and --out' })
  const districts = knownDistricts(context, district)
  const seal = actor === undefined ? undefined : sealOf(context, actor)
  const yearEnd = yearEndLook(context, year, districts)
  const { from: _from, to: _to, ...service } = serviceLook(context, '', '', districts)
  const { targets: { retention }, names } = yearEnd
  const { index, digest } = await writeArchive({
    books: await context.books(), year, out, ...(districts && { districts }), names, actors: context.actors(), retention, yearEnd,
    service, ...(seal && { seal }),
  }).catch((error: unknown) => { throw refusalOf(error, year) ?? error })
  const verdict = await verifyArchive(out)
  if (!verdict.ok) context.exitWith(EXIT.failed)
  if (json) {
    return context.printJson({
      folder: out, digest, year, provisional: index.provisional, asOf: index.asOf, files: index.files.length,
      leftOut: index.leftOut, verified: verdict,
    })
  }
  tellWritten(context, out, index, digest)
  tellVerdict(context, verdict)
}

/** @throws CliError refused, before anything is read, when the actor is not known or holds no key here */
function sealOf(context: CliContext, actor: string): { actor: string; sign(payload: string): string } {
  const sign = (payload: string): string => {
    const folder = keysFolderOf(context.env)
    const signature = signAs(folder, actor, payload)
    if (signature === null) throw refusal({ code: 'unknown-actor', zh: `${folder} 中没有 ${actor} 的私钥。`, en: `there is no private key of ${actor} in ${folder}` })
    const judged = judgeIdentity({ actor, payload, signature }, context.actors())
    if (judged.refusal) throw refusal(judged.refusal)
    return signature
  }
  sign('')
  return { actor, sign }
}

function refusalOf(error: unknown, year: number): CliError | null {
  if (error instanceof FolderTaken) {
    return refusal({
      code: 'folder-taken', zh: `${error.folder} 已有内容，不会写入：请另选文件夹`,
      en: `${error.folder} holds something already and is not written to: choose another folder`,
    })
  }
  if (error instanceof ChangedMeanwhile) {
    return refusal({
      code: 'changed-meanwhile', zh: `归档期间 ${year} 年度又有导入或结转，未写入任何内容：请再次归档`,
      en: `input of ${year} was imported, or carried forward, while it was archived; nothing was written: archive it again`,
    })
  }
  if (!(error instanceof NothingToArchive)) return null
  const which = error.districts.join(' ')
  return usageError({ zh: `${year} 年度没有可归档的内容 ${which}`.trim(), en: `there is nothing of ${year} to archive ${which}`.trim() })
}

function tellWritten(
  { message, print, t }: CliContext, out: string, { files, provisional, leftOut }: ArchiveIndex, digest: string,
): void {
  print(t({
    zh: `已归档到 ${out}：${files.length} 个文件，${sizeText(files.reduce((sum, file) => sum + file.bytes, 0))}`,
    en: `archived into ${out}: ${files.length} files, ${sizeText(files.reduce((sum, file) => sum + file.bytes, 0))}`,
  }))
  print(t({
    zh: `校验和文件的 SHA-256（请记入交接记录）：${digest}`,
    en: `SHA-256 of the checksum file (write it into the record of the handover): ${digest}`,
  }))
  if (provisional) {
    message({ zh: '暂定：有区划尚未锁定，全部锁定后应重新归档', en: 'provisional: some district is not locked; archive again once all are' })
  }
  for (const { district, what, why } of leftOut) {
    message({ zh: `未归档 ${district ?? ''} ${what.zh}：${why.zh}`, en: `not archived: ${district ?? ''} ${what.en}: ${why.en}` })
  }
}

async function verify(context: CliContext, folder: string, { json, actors }: VerifyFlags): Promise<void> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw usageError({ zh: `不是文件夹：${folder}`, en: `not a folder: ${folder}` })
  }
  const verdict = await verifyArchive(folder, actors === undefined ? undefined : loadActors(actors))
  if (!verdict.ok) context.exitWith(EXIT.failed)
  if (json) return context.printJson(verdict)
  tellVerdict(context, verdict)
}

function tellVerdict({ print, t }: CliContext, { ok, faults, files, signatures, links, digest, sealedBy }: ArchiveVerdict): void {
  for (const { file, text } of faults) print(safeText(`✗ ${file} ${t(text)}`))
  print(ok
    ? t({
      zh: `核验通过：${files} 个文件、${signatures} 个签名、${links} 条审计链记录；校验和文件 ${digest ?? ''}`,
      en: `all holds: ${files} files, ${signatures} signatures, ${links} links of audit chains; checksum file ${digest ?? ''}`,
    })
    : t({ zh: `核验未通过：${faults.length} 处`, en: `it does not hold; faults: ${faults.length}` }))
  if (sealedBy !== null) print(t({ zh: `由 ${safeText(sealedBy)} 签名封存`, en: `sealed by ${safeText(sealedBy)}` }))
}
