import { ApplicationFailure, CancelledFailure } from '@temporalio/common'
import { describe, expect, it } from 'vitest'
import { StepProblem, classify } from '../../activities/failures.ts'
import { IdempotencyConflict } from '../../activities/once.ts'

const coded = (code: string, message = 'no') => Object.assign(new Error(message), { code })
const verdict = (error: unknown, cancelled = false) => {
  const failure = classify(error, cancelled)
  if (failure instanceof CancelledFailure) return 'cancelled'
  return (failure as ApplicationFailure).nonRetryable ? 'permanent' : 'retry'
}

describe('an error of an activity', () => {
  it.each(['08006', '57P01', '57P03', '40001', '40P01', '53300', '55P03', 'ECONNREFUSED', 'ECONNRESET'])('%s is worth a retry', (code) => {
    expect(verdict(coded(code))).toBe('retry')
  })
  it('a lost connection is worth a retry, though it has no code', () => {
    expect(verdict(new Error('Connection terminated unexpectedly'))).toBe('retry')
  })
  it.each(['42P01', '23505', '22012', '0A000'])('%s would come again: the step fails', (code) => {
    expect(verdict(coded(code))).toBe('permanent')
  })
  it('a statement that was stopped is a cancellation only when the activity was told to stop', () => {
    expect(verdict(coded('57014'), true)).toBe('cancelled')
    expect(verdict(coded('57014'), false)).toBe('retry')
  })
  it('a conflict of effects, a fault of the program and a named problem are permanent', () => {
    expect(verdict(new IdempotencyConflict('k'))).toBe('permanent')
    expect(verdict(new TypeError('x is undefined'))).toBe('permanent')
    expect(verdict(new StepProblem({ code: 'c', zh: '中', en: 'e' }))).toBe('permanent')
  })
  it('keeps what an engine says in both languages', () => {
    const failure = classify(Object.assign(new Error('x'), { code: 'plan-changed', zh: '方案已变', en: 'the plan changed' }), false) as ApplicationFailure
    expect(failure.details).toEqual([{ code: 'plan-changed', zh: '方案已变', en: 'the plan changed' }])
  })
})
