/** The version of this command; a test holds it equal to package.json, which a bundle leaves behind. */
export const CLI_VERSION = '0.1.0';
