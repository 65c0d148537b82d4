/** The index of an archive as a page: what is in it, of whom, how long it is kept, and how anybody can check it. */
import { type Html, html, trusted } from '../html/escape.ts'
import { heading, table, tag, timeText } from '../html/parts.ts'
import { STYLE } from '../html/style.ts'
import type { Text } from '../model.ts'
import { type ArchivedFile, type ArchiveIndex, type IndexedDistrict, SEAL, SUMS } from './model.ts'

const STANDINGS: Record<IndexedDistrict['standing'], Text & { tone: string }> = {
  locked: { zh: '已锁定', en: 'locked', tone: 'ok' }, 'signed-off': { zh: '已签署归档，未锁定', en: 'signed off, not locked', tone: 'wait' },
  'under-way': { zh: '年结进行中', en: 'under way', tone: 'stop' }, cancelled: { zh: '年结已取消', en: 'cancelled', tone: 'stop' },
  rehearsed: { zh: '仅有演练', en: 'only rehearsed', tone: 'stop' }, 'not-started': { zh: '年结未开始', en: 'not started', tone: 'stop' },
}

/** A self-contained page but for its links into the folder; the same index gives the same text. */
export function indexPage(index: ArchiveIndex): string {
  const { year, provisional, asOf, files } = index
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  return html`<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${year} 年度年结档案目录</title><style>${trusted(STYLE)}</style></head>
<body><main><header class="cover"><h1>${year} 年度年结档案目录${provisional && '（暂定）'}</h1><div class="en">Archive of the year-end of ${year}${provisional && ' (provisional)'}</div>
<dl><div><dt>数据截至 As of</dt><dd>${timeText(asOf)} 北京时间</dd></div><div><dt>文件 Files</dt><dd>${files.length}</dd></div><div><dt>大小 Size</dt><dd>${sizeText(bytes)}</dd></div></dl></header>
${provisional && html`<section><p>${tag({ zh: '暂定', en: 'provisional', tone: 'stop' })} 有区划尚未锁定，档案内容此后仍可能变化；全部锁定后应重新归档。 <span class="en">Some district is not locked yet: what stands here can still change. Archive again once all are locked.</span></p></section>`}
${districts(index)}${kept(index)}${check()}${index.leftOut.length > 0 && missing(index)}${common(index)}${index.districts.map((one) => ofDistrict(index, one))}
<footer>年结 Nianjie · 目录只取自数据库：相同的状态得到相同的文件 · made from the database alone: the same state gives the same file</footer>
</main></body></html>
`.text
}

function districts({ districts: all, audit }: ArchiveIndex): Html {
  const head = (code: string) => audit.find(({ district }) => district === code)
  const chain = (code: string) => {
    const last = head(code)
    return last && html`${last.sequence} <code>${last.hash}</code>`
  }
  return html`<section>${heading('区划', 'Districts')}${table([
    { zh: '区划', en: 'District' }, { zh: '状态', en: 'State' }, { zh: '运行', en: 'Runs' }, { zh: '审计链末端', en: 'Head of the audit chain' },
  ], [...all.map((one) => html`<tr>
<td><a href="#d${one.code}">${one.name.zh}</a> <span class="en">${one.name.en} · ${one.code}</span></td><td>${tag(STANDINGS[one.standing])}</td>
<td>${one.runs.map((run) => html`${run.id} <span class="en">${run.kind} · ${run.state}</span> `)}</td><td>${chain(one.code)}</td></tr>`),
  ...(head('') ? [html`<tr><td>公共 <span class="en">common</span></td><td></td><td></td><td>${chain('')}</td></tr>`] : [])])}</section>`
}

function kept({ retention, files }: ArchiveIndex): Html {
  return html`<section>${heading('保管期限', 'How long it is kept')}<p class="en">自会计年度终了后的第一天算起 · counted from the day after the fiscal year's end</p>${table([
    { zh: '类别', en: 'Class' }, { zh: '年限', en: 'Years' }, { zh: '保管至', en: 'Kept until' }, { zh: '文件', en: 'Files', number: true },
  ], Object.entries(retention).map(([key, { years, until, name }]) => html`<tr><td>${name.zh} <span class="en">${name.en}</span></td><td>${years === null ? '永久 for good' : `${years} 年`}</td><td class="t">${until ?? '永久'}</td>
<td class="n">${files.filter((file) => file.retention === key).length}</td></tr>`))}</section>`
}

function check(): Html {
  return html`<section>${heading('如何核验', 'How to check it')}
<p>文件完整性：在本文件夹内执行 <code>sha256sum -c ${SUMS}</code>（任何 Linux、macOS；Windows 可用 certutil 逐个核对）。全部核验：<code>nianjie archive verify 文件夹</code>，另指出缺少、改动、多出的文件，核对签名和审计链，不需要数据库。</p>
<p class="en">Files: run <code>sha256sum -c ${SUMS}</code> in this folder. Everything: <code>nianjie archive verify FOLDER</code>, which also names files that are missing, changed or too many, and checks signatures and audit chains, without a database.</p>
<p>签名：各 <code>.jsonl</code> 中 <code>payload</code> 的 UTF-8 字节，Ed25519，公钥（SPKI DER，base64）在 <code>keys/actors.json</code>；对账单文件签的是 <code>{"district","format","load","sha256","year"}</code> 的规范 JSON。<span class="en">Signatures: Ed25519 over the UTF-8 bytes of each <code>payload</code>; public keys are SPKI DER in base64.</span> 封存签名在 <code>${SEAL}</code>（如有）。 <span class="en">The seal, where there is one, is in ${SEAL}.</span></p>
<p>审计链：每条的 <code>hash</code> 是 district、sequence、at、kind、actor、subject、detail、previousHash 依次以 U+001F 连接后的 SHA-256，首条的 previousHash 为 64 个 0；上表的各链末端应与打印存档的报告相符。<span class="en">Audit chains: the hash of each link covers its columns and the hash before, joined by U+001F; the heads above must be those of the printed reports.</span></p></section>`
}

const FILE_COLUMNS = [
  { zh: '文件', en: 'File' }, { zh: '内容', en: 'What it is' }, { zh: '行数', en: 'Rows', number: true },
  { zh: '大小', en: 'Size', number: true }, { zh: '保管', en: 'Kept' }, { zh: 'SHA-256', en: '' },
]

const fileRow = ({ retention }: ArchiveIndex, file: ArchivedFile): Html => html`<tr><td class="k"><a href="${file.path}">${file.path}</a></td><td>${file.what.zh} <span class="en">${file.what.en}</span></td>
<td class="n">${file.rows ?? ''}</td><td class="n">${sizeText(file.bytes)}</td><td class="t">${retention[file.retention].years === null ? '永久' : `${retention[file.retention].years} 年`}</td><td><code>${file.sha256}</code></td></tr>`

function common(index: ArchiveIndex): Html {
  return html`<section>${heading('全盟及服务', 'The league and the service')}${table(FILE_COLUMNS, index.files.filter((file) => file.district === null).map((file) => fileRow(index, file)))}</section>`
}

function ofDistrict(index: ArchiveIndex, { code, name, none }: IndexedDistrict): Html {
  return html`<section id="d${code}">${heading(`${name.zh} ${code}`, name.en)}${table(FILE_COLUMNS, index.files.filter((file) => file.district === code).map((file) => fileRow(index, file)))}
${none.length > 0 && html`<p class="none">无内容 no rows: ${none.join('、')}</p>`}</section>`
}

function missing({ leftOut }: ArchiveIndex): Html {
  return html`<section>${heading('未能归档的内容', 'What could not be archived')}${table([{ zh: '区划', en: 'District' }, { zh: '内容', en: 'What' }, { zh: '原因', en: 'Why' }],
    leftOut.map(({ district, what, why }) => html`<tr><td>${district ?? ''}</td><td>${what.zh} <span class="en">${what.en}</span></td><td>${why.zh} <span class="en">${why.en}</span></td></tr>`))}</section>`
}

/** `1.2 MiB`, `34.0 KiB`, `512 B`. */
export function sizeText(bytes: number): string {
  const [unit, size] = bytes >= 1 << 20 ? ['MiB', 1 << 20] : bytes >= 1 << 10 ? ['KiB', 1 << 10] : ['B', 1]
  return `${size === 1 ? bytes : (bytes / size).toFixed(1)} ${unit}`
}
