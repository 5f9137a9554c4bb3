import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import type { PatchHostInput } from '../domain/cycle.ts';

const HOST = defineSearchAttributeKey('PatchHost', 'KEYWORD');
const GROUP = defineSearchAttributeKey('PatchGroup', 'KEYWORD');
const POLICY = defineSearchAttributeKey('PatchPolicy', 'KEYWORD');
const STATE = defineSearchAttributeKey('PatchState', 'KEYWORD');

/**
 * By what a cycle is found from its first moment on. A host in several groups is found by its first
 * one. Whoever starts cycles gives them these; a cycle that was started without says them itself.
 */
export function cycleAttributes({
  host,
  groups: [group],
  policy,
}: Pick<PatchHostInput, 'host' | 'groups' | 'policy'>): SearchAttributePair[] {
  return [
    { key: HOST, value: host },
    ...(group === undefined ? [] : [{ key: GROUP, value: group }]),
    { key: POLICY, value: policy.name },
    { key: STATE, value: 'inspecting' },
  ];
}
