import type { JsonObject } from '../../singer/index.js'

/** Where the server is and how to log in. */
export const serverProperties: JsonObject = {
  uri: {
    type: 'string',
    description:
      'Where the server is, as MongoDB writes it: hosts, user and options. Settings beside it add to it; what it says of the read preference stands.',
    secret: true,
    examples: ['mongodb+srv://reader:secret@cluster0.example.net/?readPreference=secondary'],
  },
  host: {
    type: 'string',
    description: 'Instead of `uri`: host name or address, or several with commas, each with its own port or `port`.',
    examples: ['db.example.com', 'a.example.com:27017,b.example.com:27018'],
  },
  port: { type: 'integer', description: 'TCP port.', default: 27017, minimum: 1, maximum: 65535 },
  user: { type: 'string', description: 'A user with the role `read` on the databases to read.', examples: ['reader'] },
  password: { type: 'string', description: 'The password of `user`.', secret: true },
  auth_database: {
    type: 'string',
    description:
      'The database that holds the user. Default: that of `uri`, else admin; beside `host` and `user` the setting `database`.',
    examples: ['admin'],
  },
  srv: {
    type: 'boolean',
    description: '`host` is the name of an SRV record that lists the servers, as in `mongodb+srv:` URIs.',
    default: false,
  },
  tls: {
    type: 'boolean',
    description: 'Encrypt the connection. Default: what `uri` says; on with `srv`, `tls_ca` or `tls_cert`.',
  },
  tls_ca: { type: 'string', description: 'Certificates of the authorities to trust: a path or PEM text.' },
  tls_cert: {
    type: 'string',
    description: 'The client certificate together with its key: a path or PEM text.',
    secret: true,
  },
  verify_mode: { type: 'boolean', description: "Verify the server's certificate and its host name.", default: true },
  replica_set: { type: 'string', description: 'The name that the replica set must have.', examples: ['rs0'] },
  read_preference: {
    type: 'string',
    enum: ['primary', 'primaryPreferred', 'secondary', 'secondaryPreferred', 'nearest'],
    description: 'Which members of a replica set are read. Default: what `uri` says, else secondaryPreferred.',
  },
}
