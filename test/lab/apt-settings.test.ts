import { describe, expect, it } from '@jest/globals';
import { transportSettings } from '../../src/lab/apt-settings.ts';

const DUMP = `Acquire "";
Acquire::Check-Valid-Until "false";
Acquire::AllowInsecureRepositories "1";
Acquire::http "";
Acquire::http::Proxy "http://proxy.example:3128";
Acquire::http::Proxy::mirror.example "DIRECT";
Acquire::http::Proxy-Auto-Detect "/usr/bin/detect";
Acquire::https::CaInfo "/etc/ssl/own.pem";
Acquire::https::Verify-Peer "";
APT::Update::Post-Invoke:: "rm -f /x || true";
`;

describe('The apt settings that a lab host takes over', () => {
  it('are those by which a mirror is reached, and none that switches off a check of dates or signatures', () => {
    expect(transportSettings(DUMP, {})).toEqual([
      'Acquire::http::Proxy "http://proxy.example:3128";',
      'Acquire::http::Proxy::mirror.example "DIRECT";',
      'Acquire::https::CaInfo "/etc/ssl/own.pem";',
      'Acquire::http::Proxy::127.0.0.1 "DIRECT";',
    ]);
  });

  it('include the proxy that only the environment names', () => {
    expect(transportSettings('', { https_proxy: 'http://proxy.example:1' })).toContain(
      'Acquire::https::Proxy "http://proxy.example:1";',
    );
  });

  it('prefer the proxy that apt itself names over that of the environment', () => {
    const lines = transportSettings(DUMP, { http_proxy: 'http://other.example:1' });
    expect(lines.filter((line) => line.startsWith('Acquire::http::Proxy "'))).toEqual([
      'Acquire::http::Proxy "http://proxy.example:3128";',
    ]);
  });

  it('leave out a proxy that would break out of its quotes', () => {
    expect(transportSettings('', { http_proxy: 'http://x";Dir::Bin "y' })).toEqual([
      'Acquire::http::Proxy::127.0.0.1 "DIRECT";',
    ]);
  });
});
