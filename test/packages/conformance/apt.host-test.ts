import { aptFamily } from './apt-family.ts';
import { describeAptOnly } from './apt-only.ts';
import { describePackageManager } from './suite.ts';

describePackageManager(aptFamily, describeAptOnly);
