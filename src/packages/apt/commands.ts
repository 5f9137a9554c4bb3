import type { PersonsCommands } from '../port.ts';

/** See {@link PersonsCommands} of the port. */
export const APT_COMMANDS: PersonsCommands = {
  clean: 'apt-get clean',
  audit: 'dpkg --audit',
  complete: 'dpkg --configure -a; apt-get -f install',
  putBack: 'apt-get install NAME=VERSION, apt-get remove NAME',
};
