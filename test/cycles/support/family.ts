import { aptFamily } from '../../packages/conformance/apt-family.ts';
import { dnfFamily } from '../../packages/conformance/dnf-family.ts';
import type { Family } from '../../packages/conformance/family.ts';

/** Every family: what can go wrong with package work goes wrong on a host of each. */
export const FAMILIES: readonly Family[] = [aptFamily, dnfFamily];
