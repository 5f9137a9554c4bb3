import type { PackageSpec } from '../packages.ts';

/**
 * What the Red Hat family asks about the boot loader's entries. The lab's one keeps the default where
 * the real one does, and does nothing but tell and set it: a container has no boot loader.
 */
export const GRUBBY: PackageSpec = {
  name: 'grubby',
  version: '8.40-1',
  files: {
    '/usr/sbin/grubby': {
      mode: 0o755,
      content: `#!/bin/sh
set -eu
environment=/boot/grub2/grubenv
entries=/boot/loader/entries

set_default() {
  entry=$(grep -lx "linux $1" $entries/*.conf) || {
    echo "The param $1 is incorrect" >&2
    exit 1
  }
  mkdir -p /boot/grub2
  printf '# GRUB Environment Block\\nsaved_entry=%s\\n' "$(basename "$entry" .conf)" >$environment
  # The boot loader reads blocks of just this size.
  head -c $((1024 - $(wc -c <$environment))) /dev/zero | tr '\\0' '#' >>$environment
}

case "$1" in
  --default-kernel)
    entry=$(sed -n 's/^saved_entry=//p' $environment)
    sed -n 's/^linux //p' "$entries/$entry.conf"
    ;;
  --set-default=*) set_default "\${1#--set-default=}" ;;
  --set-default) set_default "$2" ;;
  *)
    echo "grubby: $1 is not known in the lab" >&2
    exit 1
    ;;
esac
`,
    },
  },
};
