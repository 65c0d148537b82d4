import { z } from 'zod'

/** config/documents.yaml */
export const documentsSchema = z.looseObject({})
export type DocumentsConfig = z.infer<typeof documentsSchema>
