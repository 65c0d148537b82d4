import { z } from 'zod'

/** config/districts.yaml: the districts are data, never a number in code. */
export const districtsSchema = z.strictObject({
  /** The district whose treasury book mirrors the others' (R17). */
  league: z.string(),
  districts: z.array(z.strictObject({
    /** Opaque code, also the name of the input folder. */
    code: z.string().regex(/^[0-9A-Za-z_-]{1,20}$/),
    name: z.strictObject({ zh: z.string(), en: z.string() }),
    enabled: z.boolean().default(true),
  })).min(1),
}).superRefine((value, context) => {
  const codes = value.districts.map((district) => district.code)
  for (const code of new Set(codes.filter((one, index) => codes.indexOf(one) !== index))) {
    context.addIssue({ code: 'custom', message: `district ${code} stands twice` })
  }
  if (!codes.includes(value.league)) context.addIssue({ code: 'custom', message: `league ${value.league} is not in districts` })
})
