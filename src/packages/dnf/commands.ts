import type { PersonsCommands } from '../port.ts';

/** See {@link PersonsCommands} of the port. */
export const DNF_COMMANDS: PersonsCommands = {
  clean: 'dnf clean packages',
  audit: 'dnf check',
  complete: 'dnf check; dnf remove --duplicates',
  putBack: 'dnf downgrade NAME-VERSION, dnf remove NAME',
};
