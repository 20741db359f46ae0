// An identity provider that others wrote (oidc-provider), for one public client, on a port of this machine.
// Whoever signs in has the role their login names. Started with the port; modules are found from the working folder.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const found = createRequire(`${process.cwd()}/`).resolve('oidc-provider');
const { default: Provider } = await import(pathToFileURL(found).href);
const port = Number(process.argv[2]);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'opticom-desk',
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['http://127.0.0.1/signed-in'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  }],
  claims: { openid: ['sub'], profile: ['name', 'roles'] },
  conformIdTokenClaims: false,
  features: { revocation: { enabled: true }, devInteractions: { enabled: true } },
  findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, name: `Login ${id}`, roles: [id] }) }),
  rotateRefreshToken: true,
  ttl: { AccessToken: 5, AuthorizationCode: 60, IdToken: 300, RefreshToken: 3600, Session: 3600, Grant: 3600, Interaction: 600 },
});
provider.listen(port, '127.0.0.1');
