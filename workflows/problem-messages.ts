/** The messages of a problem's workflow: client-safe. */
import { defineQuery, defineUpdate } from '@temporalio/workflow'
import type { ActOutcome, ProblemWatch } from '../activities/problem-contract.ts'
import type { ProblemAction } from '../domain/problems.ts'

export interface ProblemInput { problemId: string; district: string }
export interface ProblemResult { problemId: string; state: ProblemWatch['state'] }

/** A person's signed word (row of `problem_words`): only its id travels, an activity judges it. */
export const actUpdate = defineUpdate<ActOutcome, [{ wordId: string; action: ProblemAction }]>('act')
export const problemWatchQuery = defineQuery<ProblemWatch | null>('problemWatch')

/** The id of a problem's workflow: its business id says that there is one. */
export const problemWorkflowId = (problemId: string): string => `problem-${problemId}`
