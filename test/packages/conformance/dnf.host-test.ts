import { dnfFamily } from './dnf-family.ts';
import { describeDnfOnly } from './dnf-only.ts';
import { describePackageManager } from './suite.ts';

describePackageManager(dnfFamily, describeDnfOnly);
