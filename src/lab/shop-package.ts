import type { PackageSpec } from './packages.ts';

/**
 * What is wrong with a version of the shop's service:
 * - `unhealthy`: it runs, but /health answers 500.
 * - `slow`: /health takes a second.
 * - `exits`: it ends with 1 as soon as it is started.
 * - `noisy`: it works, and writes a new kind of error each second, with something like a password in it.
 */
export type ShopFault = 'none' | 'unhealthy' | 'slow' | 'exits' | 'noisy';

/** What the noisy shop writes as a password; it must be found in no history, log or report. */
export const SECRET_CANARY = 'c4nary-5ecret-of-the-l4b';

export const SHOP_CONFIGURATION = '/etc/shop/shop.conf';

/** The content of {@link SHOP_CONFIGURATION} for a port on loopback. */
export function shopConfiguration(port: number): string {
  return `# The port on loopback at which the shop answers.\nport=${port}\n`;
}

export type ShopOptions = {
  version: string;
  fault?: ShopFault;
} & Pick<PackageSpec, 'advisory' | 'changes'>;

/**
 * A small shop: a service with a configuration file. GET /health answers 200, GET /order writes one
 * more line to /var/lib/shop/orders, which is users' data that no restore may touch.
 */
export function shopPackage({ version, fault = 'none', ...more }: ShopOptions): PackageSpec {
  return {
    ...more,
    name: 'shop',
    version,
    files: {
      '/usr/bin/shop': { content: program(version, fault), mode: 0o755 },
      '/usr/lib/systemd/system/shop.service': UNIT,
      [SHOP_CONFIGURATION]: { content: shopConfiguration(8080), isConfiguration: true },
    },
    services: ['shop.service'],
  };
}

const UNIT = `[Unit]
Description=Shop of the lab
After=network.target

[Service]
ExecStart=/usr/bin/shop
StateDirectory=shop

[Install]
WantedBy=multi-user.target
`;

const ON_START: Record<ShopFault, string> = {
  none: '',
  unhealthy: '',
  slow: '',
  exits: 'print STDERR "cannot read the catalogue: no such table \'articles\'\\n"; exit 1;',
  noisy: `if (fork() == 0) {
  for (my $n = 1; ; $n++) {
    print STDERR "<3>payment gateway refused order $n: login failed, password=${SECRET_CANARY}\\n";
    sleep 1;
  }
}`,
};

const ON_HEALTH: Record<ShopFault, string> = {
  none: '\'200 OK\', "ok\\n"',
  unhealthy: '\'500 Internal Server Error\', "the catalogue is empty\\n"',
  slow: 'do { sleep 1; \'200 OK\' }, "ok\\n"',
  exits: '\'200 OK\', "ok\\n"',
  noisy: '\'200 OK\', "ok\\n"',
};

/** A web server of one process. It uses nothing but perl-base, which every Debian host has. */
function program(version: string, fault: ShopFault): string {
  return `#!/usr/bin/perl
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;

$| = 1;
my $port;
open my $configuration, '<', '${SHOP_CONFIGURATION}' or die "no configuration: $!\\n";
while (<$configuration>) { $port = $1 if /^port=(\\d+)$/ }
die "no port is configured\\n" unless $port;
${ON_START[fault]}
my $server = IO::Socket::INET->new(
  LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 16, ReuseAddr => 1,
) or die "cannot listen on port $port: $@\\n";
print "shop ${version} listens on port $port\\n";

sub health { return (${ON_HEALTH[fault]}) }

sub order {
  open my $orders, '>>', '/var/lib/shop/orders' or return ('500 Internal Server Error', "$!\\n");
  print $orders time, "\\n";
  return ('200 OK', "thank you\\n");
}

while (my $client = $server->accept) {
  next unless IO::Select->new($client)->can_read(2);
  my $request = <$client> // '';
  my ($status, $body) = $request =~ m{^GET /health } ? health()
    : $request =~ m{^GET /order } ? order()
    : ('200 OK', "shop ${version}\\n");
  while (defined(my $header = <$client>)) { last if $header =~ /^\\r?\\n$/ }
  print $client "HTTP/1.1 $status\\r\\nContent-Type: text/plain\\r\\nContent-Length: ",
    length $body, "\\r\\nConnection: close\\r\\n\\r\\n$body";
}
`;
}
