/** `name:architecture`, the key of a package on a host that may have foreign architectures. */
export function keyOf({ name, architecture }: { name: string; architecture: string }): string {
  return `${name}:${architecture}`;
}
