/** Text for a .spec file, where a percent sign would begin a macro. */
export function literal(text: string): string {
  return text.replaceAll('%', '%%');
}
