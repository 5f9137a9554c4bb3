import { beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/names.ts';
import { parseConfig } from '../../src/planning/config.ts';

type Service = {
  image?: string;
  build?: { context: string; dockerfile: string };
  restart?: string;
  healthcheck?: { test: string[]; interval: string; timeout: string; retries: number };
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
  volumes?: string[];
  ports?: string[];
  configs?: { source: string; target: string }[];
};
type Compose = {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
  configs: Record<string, unknown>;
};

const at = (path: string) => new URL(`../../${path}`, import.meta.url);
const text = (path: string) => readFileSync(at(path), 'utf8');

/** They do one thing and end; whoever needs them waits for their success. */
const JOBS = ['schema', 'namespace'];

describe('docker-compose.yml', () => {
  let compose: Compose;
  let services: [string, Service][];
  beforeAll(() => {
    compose = parse(text('docker-compose.yml')) as Compose;
    services = Object.entries(compose.services);
  });

  it('is valid against the schema of the Compose Specification', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    (addFormats as unknown as (ajv: Ajv) => void)(ajv);
    const schema = JSON.parse(text('test/fixtures/compose/compose-spec.schema.json')) as object;
    const { $schema: _, ...rules } = schema as { $schema: string };
    const validate = ajv.compile(rules);
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ ...compose, services: { bad: { imagee: 'x' } } })).toBe(false);
  });

  it('has database, Temporal, Web UI, central worker and a host with its agent', () => {
    expect(Object.keys(compose.services).sort()).toEqual(
      ['namespace', 'postgresql', 'schema', 'temporal', 'web-1', 'web-ui', 'worker'].sort(),
    );
  });

  it('pins every image to an exact version', () => {
    for (const [name, { image }] of services) {
      expect({ name, image }).toEqual({
        name,
        image: expect.stringMatching(/^[a-z0-9/-]+:\d+\.\d+(?:\.\d+)?(?:-[a-z]+)?$/),
      });
    }
  });

  it('pins every base image of its own images to an exact version', () => {
    const files = services.flatMap(([, { build }]) => (build ? [build.dockerfile] : []));
    expect(files).toHaveLength(2);
    for (const file of files) {
      const bases = [...text(file).matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
      expect(bases.length).toBeGreaterThan(0);
      for (const base of bases)
        expect(base).toMatch(/:(\d+\.\d+\.\d+-\w+-slim|bookworm-\d{8}-slim)$/);
    }
  });

  it('checks the health of every service but of the jobs, which end', () => {
    for (const [name, { healthcheck, restart }] of services) {
      if (JOBS.includes(name)) {
        expect({ name, healthcheck, restart }).toMatchObject({ healthcheck: undefined });
        expect(restart).toMatch(/^on-failure:\d+$/);
        continue;
      }
      expect({ name, healthcheck }).toMatchObject({
        healthcheck: {
          test: expect.any(Array),
          timeout: expect.any(String),
          retries: expect.any(Number),
        },
      });
      expect(['unless-stopped', 'always']).toContain(restart);
    }
  });

  it('starts each service only when what it needs is healthy or done', () => {
    for (const [name, { depends_on: needs = {} }] of services) {
      for (const [needed, { condition }] of Object.entries(needs)) {
        const wanted = JOBS.includes(needed) ? 'service_completed_successfully' : 'service_healthy';
        expect({ name, needed, condition }).toEqual({ name, needed, condition: wanted });
      }
    }
  });

  it('keeps what must survive in declared volumes, and uses each that is declared', () => {
    const named = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((volume) => volume.split(':')[0] ?? '').filter((source) => !/^[./]/.test(source)),
    );
    expect([...new Set(named)].sort()).toEqual(Object.keys(compose.volumes).sort());
    expect(compose.services['postgresql']?.volumes).toEqual(['database:/var/lib/postgresql/data']);
  });

  it('mounts and builds from files that exist', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) =>
      volumes
        .map((volume) => volume.split(':')[0] ?? '')
        .filter((source) => source.startsWith('.')),
    );
    const built = services.flatMap(([, { build }]) => (build ? [build.dockerfile] : []));
    for (const path of [...mounted, ...built]) {
      expect({ path, exists: existsSync(at(path)) }).toEqual({ path, exists: true });
    }
  });

  it('copies only files that exist or that the build makes', () => {
    for (const [, { build }] of services) {
      if (build === undefined) continue;
      const copied = [...text(build.dockerfile).matchAll(/^COPY (?!--from)(?:--\S+ )*(.+) \S+$/gm)];
      for (const path of copied.flatMap(([, sources = '']) => sources.split(' '))) {
        expect({ path, exists: existsSync(at(path)) }).toEqual({ path, exists: true });
      }
    }
  });

  it('has no secret in it: every one comes from the environment file, and its absence is an error', () => {
    const secrets = services.flatMap(([name, { environment = {} }]) =>
      Object.entries(environment)
        .filter(([key]) => /PASSWORD|PWD|USER$/.test(key))
        .map(([key, value]) => ({ name, key, value })),
    );
    expect(secrets.length).toBeGreaterThanOrEqual(6);
    for (const { value } of secrets) expect(value).toMatch(/^\$\{[A-Z_]+:\?set it in \.env/);
    expect(text('packaging/docker/env.example')).toMatch(/^POSTGRES_PASSWORD=$/m);
    expect(text('.gitignore')).toMatch(/^\.env$/m);
  });

  it('opens its ports on loopback only, since nothing asks who comes', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('mounts only configurations that are declared', () => {
    const used = services.flatMap(([, { configs = [] }]) => configs.map(({ source }) => source));
    expect(used).toEqual(Object.keys(compose.configs));
  });

  it('registers exactly the search attributes that workflows use', () => {
    const script = text('packaging/docker/namespace.sh');
    const registered = [...script.matchAll(/--name (\w+) --type (\w+)/g)].map(([, name, type]) => [
      name,
      type,
    ]);
    expect(Object.fromEntries(registered)).toEqual(SEARCH_ATTRIBUTES);
  });

  it('knows the host by one name in its container, its agent and the inventory', () => {
    const agent = parse(text('packaging/docker/agent.yaml')) as { host: string };
    const inventory = parseConfig(text('packaging/docker/inventory.yaml'), 'inventory.yaml');
    expect(agent.host).toBe('web-1');
    expect(inventory).toMatchObject({ ok: true, config: { hosts: { 'web-1': {} } } });
  });
});
