/** Codes of the government budget classification 政府收支分类 that the sample uses, and what its units are called. */

export interface Code { code: string; name: string }
const codes = (text: string): Code[] => text.trim().split('\n').map((line) => {
  const [code, name] = line.trim().split(' ')
  return { code: code!, name: name! }
})

/** 支出功能分类: 类, 款, 项. Every parent stands in the list. */
export const FUNCTIONS = codes(`
  201 一般公共服务支出
  20106 财政事务
  2010601 行政运行（财政）
  2010650 事业运行（财政）
  204 公共安全支出
  20402 公安
  2040201 行政运行（公安）
  205 教育支出
  20501 教育管理事务
  2050101 行政运行（教育）
  20502 普通教育
  2050201 学前教育
  2050202 小学教育
  2050203 初中教育
  2050204 高中教育
  2050298 其他普通教育支出（旧）
  2050299 其他普通教育支出
  207 文化旅游体育与传媒支出
  20701 文化和旅游
  2070101 行政运行（文旅）
  2070104 图书馆
  2070109 群众文化
  208 社会保障和就业支出
  20801 人力资源和社会保障管理事务
  2080101 行政运行（人社）
  210 卫生健康支出
  21001 卫生健康管理事务
  2100101 行政运行（卫健）
  21002 公立医院
  2100201 综合医院
  21004 公共卫生
  2100401 疾病预防控制机构
  212 城乡社区支出
  21201 城乡社区管理事务
  2120101 行政运行（住建）
  21208 国有土地使用权出让收入安排的支出
  2120801 征地和拆迁补偿支出
  213 农林水支出
  21301 农业农村
  2130101 行政运行（农牧）
  2130104 事业运行（农牧）
  21302 林业和草原
  2130201 行政运行（林草）
  214 交通运输支出
  21401 公路水路运输
  2140101 行政运行（交通）
  223 国有资本经营预算支出
  22301 解决历史遗留问题及改革成本支出
  2230105 国有企业改革成本支出
  230 转移性支出
  23002 一般性转移支付
  2300202 均衡性转移支付支出
  23004 政府性基金转移支付
  2300401 政府性基金补助支出`)

/** 收入分类. */
export const REVENUES = codes(`
  101 税收收入
  10101 增值税
  1010101 国内增值税
  10104 企业所得税
  1010431 股份制企业所得税
  10106 个人所得税
  1010601 个人所得税款
  10107 资源税
  1010719 其他资源税收入
  103 非税收入
  10301 政府性基金收入
  1030148 国有土地使用权出让收入
  10304 行政事业性收费收入
  1030401 公安行政事业性收费收入
  10306 国有资本经营收入
  1030601 利润收入
  10307 国有资源（资产）有偿使用收入
  1030799 其他国有资源（资产）有偿使用收入
  110 转移性收入
  11002 一般性转移支付收入
  1100202 均衡性转移支付收入
  11004 政府性基金转移支付收入
  1100401 政府性基金补助收入`)

/** 部门预算支出经济分类, 款. */
export const ECONOMICS = codes(`
  301 工资福利支出
  30101 基本工资
  30102 津贴补贴
  30107 绩效工资
  30108 机关事业单位基本养老保险缴费
  302 商品和服务支出
  30201 办公费
  30206 电费
  30208 取暖费
  30211 差旅费
  30213 维修（护）费
  30231 公务用车运行维护费
  30299 其他商品和服务支出
  310 资本性支出
  31002 办公设备购置
  31003 专用设备购置`)

export const FUND_NAMES = codes(`
  general 一般公共预算
  government-fund 政府性基金预算
  state-capital 国有资本经营预算
  special-account 财政专户管理资金
  special-fund 专用基金
  unit 单位资金`)

export const BANKS = codes(`
  ABC 农业银行
  ICBC 工商银行
  CCB 建设银行
  RCC 农村信用社`)

export interface UnitTemplate { code: string; name: string; kind: 'administrative' | 'institution'; functions: readonly string[] }
const unit = (code: string, name: string, kind: UnitTemplate['kind'], ...functions: string[]): UnitTemplate =>
  ({ code, name, kind, functions })

/** Units in the order in which a sample grows. The first three figures are the department 主管部门. */
export const UNIT_TEMPLATES: readonly UnitTemplate[] = [
  unit('101001', '财政局', 'administrative', '2010601'),
  unit('102001', '教育局', 'administrative', '2050101', '2050298'),
  unit('102002', '第一中学', 'institution', '2050203', '2050204'),
  unit('103001', '卫生健康委员会', 'administrative', '2100101'),
  unit('103002', '人民医院', 'institution', '2100201'),
  unit('110001', '住房和城乡建设局', 'administrative', '2120101', '2120801'),
  unit('104001', '农牧局', 'administrative', '2130101'),
  unit('104002', '动物疫病预防控制中心', 'institution', '2130104'),
  unit('102003', '蒙古族小学', 'institution', '2050202'),
  unit('105001', '公安局', 'administrative', '2040201'),
  unit('106001', '人力资源和社会保障局', 'administrative', '2080101'),
  unit('109001', '文化旅游体育局', 'administrative', '2070101'),
  unit('109002', '图书馆', 'institution', '2070104'),
  unit('103003', '疾病预防控制中心', 'institution', '2100401'),
  unit('107001', '林业和草原局', 'administrative', '2130201'),
  unit('108001', '交通运输局', 'administrative', '2140101'),
  unit('102004', '实验幼儿园', 'institution', '2050201'),
  unit('109003', '乌兰牧骑', 'institution', '2070109'),
  unit('101002', '财政国库收付中心', 'institution', '2010650'),
]

/** What the project library 项目库 calls its projects. */
export const PROJECT_NAMES = ['信息化运行维护', '设备购置', '草原生态保护', '校舍维修', '基本公共卫生服务', '牧区道路养护', '文化惠民', '动物防疫', '业务培训', '应急保障'] as const
export const COMPANIES = ['草原明珠商贸', '锡盟建筑安装', '元上都科技', '乌珠穆沁供暖', '浑善达克运输', '塞外办公用品'] as const
