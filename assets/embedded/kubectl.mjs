// What kwokctl asks of kubectl, so that nobody needs a real one: the objects of a folder with a kustomization, and what
// the API server says at a path.
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';

const [first, second, ...rest] = process.argv.slice(2);
if (first === 'kustomize' && second) {
  const { resources } = parse(await readFile(join(second, 'kustomization.yaml'), 'utf8'));
  const texts = await Promise.all(resources.map((file) => readFile(join(second, file), 'utf8')));
  process.stdout.write(texts.join('---\n'));
} else if (first === '--kubeconfig' && second && rest[0] === 'get' && rest[1] === '--raw' && rest[2]) {
  await show(rest[2], second);
} else {
  fail(`this is not kubectl, and cannot do: ${process.argv.slice(2).join(' ')}`);
}

async function show(path, file) {
  const config = parse(await readFile(file, 'utf8'));
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  const certificate = async (section, key) => {
    if (section[`${key}-data`]) return Buffer.from(section[`${key}-data`], 'base64');
    return section[key] && readFile(resolve(dirname(file), section[key]));
  };
  const options = {
    ca: await certificate(cluster, 'certificate-authority'),
    cert: await certificate(user, 'client-certificate'),
    key: await certificate(user, 'client-key'),
    signal: AbortSignal.timeout(5_000),
  };
  await new Promise((ended) => {
    request(new URL(path, cluster.server), options, (response) => {
      if (response.statusCode !== 200) fail(`the API server answered ${path} with ${response.statusCode}`);
      response.pipe(process.stdout);
      response.on('end', ended);
    })
      .on('error', (error) => {
        fail(error.message);
        ended();
      })
      .end();
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
