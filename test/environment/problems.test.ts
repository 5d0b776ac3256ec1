import { describe, expect, it } from 'vitest';
import { loadEnvironment } from '../../src/environment/load.js';
import { formatPath, formatValue, problemsError } from '../../src/environment/problems.js';
import { badFiles, errorOf, library, load, problemsOf } from './fixture.js';

const loadBad = (file: string) => loadEnvironment({ cwd: badFiles, file, target: 'local', library });

const labels = (length: number) =>
  `at most ${String(length)} lowercase letters, digits and hyphens, starting with a letter`;

const inCatalogue = 'chart and namespace, or one of certificates, database, gateway, metrics, network, operator';

// line:column path | message | allowed | suggestion
const expected: Record<string, readonly string[]> = {
  'unknown-keys.yaml': [
    '4:1 domian | domian is not a key this file can have | apiVersion, kind, name, blueprint, domain, protect, local, aws, images, releases, drills, parts, namespaces, secrets | did you mean domain?',
    '6:3 releases.gateway | nothing provides certificates:webhook: there is no release certificates in this environment (its catalogue entry needs certificates:webhook) | a facet of gateway | add it under releases: `certificates: {}`',
    '7:5 releases.gateway.valeus | releases.gateway.valeus is not a key this file can have | enabled, chart, namespace, podSecurity, image, needs, files, values, only, local, aws, part, parts | did you mean values?',
    '8:14 releases.gateway.local.value | releases.gateway.local.value is not a key this file can have | values | did you mean values?',
    '10:3 images.store.context | images.store.context is missing | a folder, relative to this file',
    '10:12 images.store.contxt | images.store.contxt is not a key this file can have | context, dockerfile, target, args, platforms | did you mean context?',
  ],
  'wrong-values.yaml': [
    '4:9 domain | domain is "shop.example.com" | a name under localhost, local, test or internal (our certificate authority signs no other; a public one goes to aws.domain)',
    '5:10 protect | protect is "yes" | true or false | write it as true',
    '7:13 local.provider | local.provider is "kindd" | auto, kind, minikube, embedded | did you mean kind?',
    '8:15 local.kubernetes | local.kubernetes is 1.3 | a minor version in quotes, such as "1.36" | write it as "1.30"',
    '9:12 local.workers | local.workers is 1.5 | a whole number',
    '10:18 local.ports.http | local.ports.http is 70000 | a port from 1 to 65535',
    '10:32 local.ports.https | local.ports.https is "443" | a port from 1 to 65535',
    '12:12 aws.account | aws.account is 12345678901 | 12 digits in quotes, such as "123456789012" | write it as "012345678901"',
    '13:11 aws.region | aws.region is "Stockholm" | a region, such as eu-north-1',
    '14:23 aws.database.engine | aws.database.engine is "oracle" | postgres, mysql',
    '14:38 aws.database.class | aws.database.class is "t4g.micro" | an RDS instance class, such as db.t4g.micro',
    '15:8 parts | parts is "logging" | a list',
  ],
  'wrong-header.yaml': [
    '1:13 apiVersion | apiVersion is "platform/v2" | platform/v1alpha1',
    '2:7 kind | kind is "Environmnt" | Environment | did you mean Environment?',
    `3:7 name | name is "My_Shop" | ${labels(20)}`,
  ],
  'no-header.yaml': [
    '1:1 apiVersion | apiVersion is missing | platform/v1alpha1',
    '1:1 kind | kind is missing | Environment',
    `1:1 name | name is missing | ${labels(20)}`,
  ],
  'reserved-name.yaml': [
    '3:7 name | name is "reaper" | any other name: the program that takes drills back has a Lease of this one',
  ],
  'long-name.yaml': ['3:7 name | name is "a-name-that-is-too-long" | at most 20 characters'],
  'list.yaml': ['1:1  | the file is ["a","b"] | a map'],
  'wrong-releases.yaml': [
    `5:3 releases.Portal | "Portal" cannot be a name under releases | ${labels(53)}`,
    '6:8 releases.one | releases.one is 7 | a map',
    '8:70 releases.two.chart.version | releases.two.chart.version is 1.4 | an exact version in quotes, such as "1.4.2" | write it as "1.4"',
    '10:11 releases.two.only | releases.two.only is "lokal" | local, aws | did you mean local?',
    '11:12 releases.two.needs | releases.two.needs is "one:ready" | a list',
    '13:5 releases.three.chart.version | releases.three.chart.version is missing | an exact version in quotes, such as "1.4.2"',
    '13:26 releases.three.chart.repository | releases.three.chart.repository is "charts.example" | the URL of a chart repository',
    '15:13 releases.three.values | releases.three.values is ["a"] | a map of Helm values',
  ],
  'unknown-blueprint.yaml': ['4:12 blueprint | there is no blueprint "shpo" | empty, shop | did you mean shop?'],
  'unknown-releases.yaml': [
    `5:3 releases.gatewy | the catalogue does not know the release gatewy, so it must give its chart and namespace | ${inCatalogue} | did you mean gateway?`,
    `6:3 releases.portal | the catalogue does not know the release portal, so it must give its chart and namespace | ${inCatalogue}`,
    '7:3 releases.backend.namespace | releases.backend.namespace is missing | a namespace; the catalogue has none for a chart of your own',
  ],
  'wrong-charts.yaml': [
    '5:17 releases.one.chart | there is no bundled chart servcie | service, ./folder, oci://registry/chart:version, or {repository, name, version} | did you mean service?',
    `6:17 releases.two.chart | there is no readable Chart.yaml in ${badFiles}/charts/two | a folder with a Chart.yaml, relative to this file`,
    '7:19 releases.three.chart | oci://registry.example/three gives no version | oci://registry/chart:version',
    '8:18 releases.four.chart | there is no bundled chart bitnami/redis | service, ./folder, oci://registry/chart:version, or {repository, name, version}',
  ],
  'wrong-needs.yaml': [
    '10:13 releases.store.needs[0] | "metrics" is not a need | release:facet, the facet one of api, ready | did you mean metrics:ready?',
    '10:22 releases.store.needs[1] | "metrics:apii" is not a need | release:facet, the facet one of api, ready | did you mean metrics:api?',
    '10:36 releases.store.needs[2] | metrics has no facet webhook | metrics:api, metrics:ready',
    '10:55 releases.store.needs[3] | nothing provides databse:ready: there is no release databse in this environment | a facet of certificates, metrics, store, database, shop | did you mean database:ready?',
    '10:70 releases.store.needs[4] | nothing provides network:ready: there is no release network in this environment | a facet of certificates, metrics, store, database, shop | add it under releases: `network: {}`',
    '10:85 releases.store.needs[5] | "a:b:c" is not a need | release:facet, the facet one of crds, api, webhook, ready, address',
    '12:3 releases.database | nothing provides operator:crds: there is no release operator in this environment (its catalogue entry needs operator:crds) | a facet of certificates, metrics, store, database, shop | add it under releases: `operator: {}`',
    '13:52 releases.shop.needs[0] | nothing provides gateway:ready: there is no release gateway in this environment | a facet of certificates, metrics, store, database, shop | gateway is left out by enabled: false',
  ],
  'wrong-conditions.yaml': [
    '11:9 releases.store.needs[0] | certificates has no condition isuer | certificates:crds, certificates:webhook, certificates:ready, certificates:issuer/<name>, certificates:certificate/<namespace>/<name> | did you mean certificates:issuer/ca?',
    '12:9 releases.store.needs[1] | certificates:issuer/web/ca has a namespace, and issuers.certs.example have none | certificates:crds, certificates:webhook, certificates:ready, certificates:issuer/<name>, certificates:certificate/<namespace>/<name> | did you mean certificates:issuer/ca?',
    '13:9 releases.store.needs[2] | certificates:certificate/web has no namespace, and certificates.certs.example are in one | certificates:crds, certificates:webhook, certificates:ready, certificates:issuer/<name>, certificates:certificate/<namespace>/<name> | write certificates:certificate/<namespace>/web',
    '14:9 releases.store.needs[3] | "certificates:issuer" is not a need | release:facet, the facet one of crds, webhook, ready, issuer/<name>, certificate/<namespace>/<name> | did you mean certificates:issuer/<name>?',
    '15:9 releases.store.needs[4] | "certificates:issuer/" is not a need | release:facet, the facet one of crds, webhook, ready, issuer/<name>, certificate/<namespace>/<name> | did you mean certificates:issuer/<name>?',
    '16:9 releases.store.needs[5] | "certificates:issuer/Platform-CA" is not a need | release:facet, the facet one of crds, webhook, ready, issuer/<name>, certificate/<namespace>/<name> | did you mean certificates:issuer/<name>?',
    '17:9 releases.store.needs[6] | "certificates:certificate/a/b/c" is not a need | release:facet, the facet one of crds, webhook, ready, issuer/<name>, certificate/<namespace>/<name> | did you mean certificates:certificate/<namespace>/<name>?',
    '18:9 releases.store.needs[7] | metrics has no condition issuer | metrics:api, metrics:ready',
    '19:9 releases.store.needs[8] | nothing provides certifcates:issuer/ca: there is no release certifcates in this environment | a facet of certificates, metrics, store | did you mean certificates:issuer/ca?',
  ],
  'cycles.yaml': [
    '10:9 releases.b.needs[0] | releases need each other in a circle: b → c → b | take one of these needs out',
    '13:52 releases.self.needs[0] | releases need each other in a circle: self → self | take one of these needs out',
  ],
  'unknown-image.yaml': [
    '6:50 releases.one.image | releases.one.image is "stroe", which is not under images | store | did you mean store?',
  ],
  'ambiguous.yaml': [
    '9:12 releases.one.values.off | releases.one.values.off: no is false to Helm, but text in YAML 1.2 | false or "no"',
    '10:13 releases.one.values.mode | releases.one.values.mode: 0644 is 420 to Helm, but the number 644 in YAML 1.2 | 420 or "0644"',
    '11:14 releases.one.values.list[0] | releases.one.values.list[0]: Yes is true to Helm, but text in YAML 1.2 | true or "Yes"',
    '11:19 releases.one.values.list[1] | releases.one.values.list[1]: 1_000 is 1000 to Helm, but text in YAML 1.2 | 1000 or "1_000"',
    '12:11 releases.one.values.id | releases.one.values.id: 12345678901234567890 is too large a number to keep all its digits | "12345678901234567890"',
    '13:14 releases.one.values.ratio | releases.one.values.ratio: .inf is not a number Helm can take | ".inf"',
    '15:38 releases.one.local.values.deep.down | releases.one.local.values.deep.down: off is false to Helm, but text in YAML 1.2 | false or "off"',
    '16:28 releases.one.aws.values.bits | releases.one.aws.values.bits: 0b11 is 3 to Helm, but text in YAML 1.2 | 3 or "0b11"',
  ],
  'duplicate-keys.yaml': [
    '6:3  | the key metrics is written twice in the same map',
    '7:20  | the key "a" is written twice in the same map',
    '8:1 workers | workers is not a key this file can have | apiVersion, kind, name, blueprint, domain, protect, local, aws, images, releases, drills, parts, namespaces, secrets',
  ],
  'syntax.yaml': [
    '6:3  | flow map in block collection must be sufficiently indented and end with a }',
    '6:8  | nested mappings are not allowed in compact mappings',
    '8:1  | flow sequence in block collection must be sufficiently indented and end with a ]',
    '9:1  | missing closing "quote',
  ],
  'tabs.yaml': ['5:1  | tabs are not allowed as indentation'],
  'two-documents.yaml': ['5:1  | a second YAML document starts here | one document in a file'],
  'anchors.yaml': [
    '5:8  | there is no anchor &nowhere before *nowhere',
    '6:32  | *two stands inside the value it repeats',
  ],
  'laughs.yaml': ['1:1  | excessive alias count indicates a resource exhaustion attack'],
  'tags.yaml': ['5:56  | unresolved tag: !vault', '5:69  | unresolved tag: tag:yaml.org,2002:binary'],
  'yaml-1.1.yaml': ['1:1  | the file asks to be read as YAML 1.1 | YAML 1.2, without a directive'],
  'empty.yaml': ['1:1  | the file is empty | `platform init` writes one to start from'],
  'latin-1.yaml': ['3:1  | the text is not UTF-8 | save the file in the encoding UTF-8'],
};

describe('what is wrong with an environment file', () => {
  it.each(Object.entries(expected))('is told all at once, each with its place: %s', async (file, problems) => {
    const found = await problemsOf(loadBad(file));
    expect(
      found.map(({ line, column, path, message, allowed, suggestion }) =>
        [`${String(line)}:${String(column)} ${path}`, message, allowed, suggestion]
          .filter((part) => part !== undefined)
          .join(' | '),
      ),
    ).toEqual(problems);
    expect(new Set(found.map((problem) => problem.file))).toEqual(new Set([file]));
  });

  it('comes with the wrong values', async () => {
    const values = (await problemsOf(loadBad('wrong-values.yaml'))).map(({ path, value }) => [path, value]);
    expect(Object.fromEntries(values)).toMatchObject({
      domain: 'shop.example.com',
      protect: 'yes',
      'local.kubernetes': 1.3,
      'local.ports.http': 70000,
      'aws.account': 12345678901,
    });
  });

  it('is one usage error with a list for people', async () => {
    const error = await errorOf(load('local:\n  provider: kindd\n  workers: -1\n'));
    expect(error).toMatchObject({ code: 'usage', exitCode: 2 });
    expect(error.message).toBe('found 2 problems in platform.yaml');
    expect(error.output).toBe(
      [
        'platform.yaml:5:13  local.provider is "kindd"',
        '    5 │   provider: kindd',
        '      │             ^^^^^',
        '    allowed: auto, kind, minikube, embedded; did you mean kind?',
        '',
        'platform.yaml:6:12  local.workers is -1',
        '    6 │   workers: -1',
        '      │            ^^',
        '    allowed: at least 0',
      ].join('\n'),
    );
  });

  it('is told of flags, too', async () => {
    const attempt = load('blueprint: shop\n', {
      ...{ name: 'My Shop', domain: 'shop.example.com', provider: 'kindd' as 'kind', set: ['gatewya.replicas=1'] },
    });
    const error = await errorOf(attempt);
    expect(error.message).toBe('found 4 problems in --domain, --name, --provider, --set');
    expect(error.output).toContain(
      '--provider  --provider is "kindd"\n    allowed: auto, kind, minikube, embedded; did you mean kind?',
    );
    expect(error.output).toContain('--name  --name is "My Shop"');
    expect(error.output).toContain('there is no release gatewya in this environment: gatewya.replicas=1');
  });

  it('names the flag for an unknown blueprint that a flag asks for', async () => {
    expect(await problemsOf(load('', { blueprint: 'shpo' }))).toMatchObject([
      { file: '--blueprint', value: 'shpo', allowed: 'empty, shop', suggestion: 'did you mean shop?' },
    ]);
  });

  it('does not blame the file for what its unreadable blueprint may well provide', async () => {
    const found = await problemsOf(load('blueprint: shpo\nreleases: { one: { needs: [gateway:ready] }, two: {} }\n'));
    expect(found.map(({ path }) => path)).toEqual(['blueprint']);
  });

  it('does not blame the file for what a blueprint of an impossible name may provide', async () => {
    const found = await problemsOf(load('blueprint: 7\nreleases: { two: { needs: ["one:ready"] } }\n'));
    expect(found.map(({ path }) => path)).toEqual(['blueprint']);
  });

  it('does not deny a release that is there but all wrong', async () => {
    const found = await problemsOf(
      load('releases: { one: 7, two: { chart: service, namespace: apps, needs: ["one:webhook"] } }\n'),
    );
    expect(found.map(({ path }) => path)).toEqual(['releases.one']);
  });

  it('is a chart that is neither text nor a map', async () => {
    expect(await problemsOf(load('releases: { one: { chart: 7, namespace: apps } }\n'))).toMatchObject([
      {
        message: 'releases.one.chart is 7',
        allowed: 'the name of a bundled chart, ./folder, oci://registry/chart:version, or a map',
      },
    ]);
  });

  it('still finds a cycle when other things are wrong', async () => {
    const service = 'chart: service, namespace: apps';
    const found = await problemsOf(
      load(
        `typo: 1\nreleases: { a: { ${service}, needs: [b:ready] }, b: { ${service}, needs: [a:ready], only: x } }\n`,
      ),
    );
    expect(found.map(({ path }) => path)).toEqual(['typo', 'releases.a.needs[0]', 'releases.b.only']);
  });

  it('shows no secret, neither as a value nor in a line of the file', async () => {
    const error = await errorOf(loadBad('secrets.yaml'));
    expect(error.output).toContain('releases.one.valuess');
    expect(`${error.output ?? ''}${JSON.stringify(error.facts)}`).not.toMatch(/hunter2|0777|511/);
  });

  it('is account and region where only AWS needs them', async () => {
    const found = await problemsOf(load('aws: { domain: shop.example.com }\n', { target: 'aws' }));
    expect(found).toMatchObject([
      { path: 'aws.account', line: 4, message: 'aws.account is missing; --aws needs it' },
      { path: 'aws.region', line: 4, message: 'aws.region is missing; --aws needs it' },
    ]);
  });
});

describe('a path', () => {
  it('reads as one would write it', () => {
    expect(formatPath(['releases', 'auth', 'needs', 0])).toBe('releases.auth.needs[0]');
    expect(formatPath(['a', 'b.c/d', 'e'])).toBe('a["b.c/d"].e');
    expect(formatPath([])).toBe('');
  });
});

describe('a wrong value', () => {
  it('is shown like JSON, cut when long, and masked where its key looks secret', () => {
    expect(formatValue('x')).toBe('"x"');
    expect(formatValue('x'.repeat(100))).toMatch(/^"x{56}…$/);
    expect(formatValue('x', ['auth', 'clientSecret'])).toBe('***');
  });
});

describe('the error for problems', () => {
  it('orders them by file and place', () => {
    const at = (file: string, line: number, column: number) => ({ file, line, column, path: '', message: 'm' });
    const { facts } = problemsError([at('b', 1, 1), at('a', 10, 1), at('a', 2, 3), at('a', 2, 1)]);
    expect(facts?.['problems']).toMatchObject([at('a', 2, 1), at('a', 2, 3), at('a', 10, 1), at('b', 1, 1)]);
  });
});
