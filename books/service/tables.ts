/** The tables of the service's records as Kysely sees them (migration 170). */
import type { ColumnType, Generated } from 'kysely'

type At = ColumnType<Date, Date | string, never>

export interface ServiceTables {
  service_words: {
    word_id: string; kind: 'calls' | 'complaint' | 'judgement' | 'rating'; actor: string; payload: string; signature: string
    at: At
  }
  service_calls: {
    call_id: string; district: string; user_name: string; called_at: At; answered_at: At | null; ended_at: At | null
    called_back_at: At | null
    file: string; sha256: string; word_id: string
  }
  service_complaints: {
    complaint_id: string; district: string; user_name: string; complained_at: At; body: string; problem_id: string | null
    word_id: string
  }
  service_judgements: {
    judgement_no: Generated<bigint>; word_id: string; complaint_id: string; upheld: boolean; reason: string; judged_at: At
  }
  service_ratings: { word_id: string; district: string; month: string; user_name: string | null; score: string; comment: string }
}
