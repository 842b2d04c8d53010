import assert from 'node:assert/strict'
import { test } from 'node:test'
import { centralFlags, loginCommand } from '../src/panel/commands.ts'

const HERE = { protocol: 'http:', hostname: 'localhost', port: '8000' }

test('Central is found where the console is, over TLS where the console is, at the port that goes without saying', () => {
  assert.equal(centralFlags(HERE), '--central-host localhost --central-port 8000')
  assert.equal(centralFlags({ ...HERE, port: '' }), '--central-host localhost --central-port 80')
  const secure = { protocol: 'https:', hostname: 'central.example', port: '' }
  assert.equal(centralFlags(secure), '--central-host central.example --central-port 443 --central-tls')
})

test('a name is one word of the command, whatever stands in it', () => {
  const named = (name: string) => loginCommand(name, HERE).split(' --name ')[1]!.split(' --central-host')[0]
  assert.deepEqual(['alice', 'a@b.c', 'Ana Torres', "O'Hara", '$(rm)', '-x', 'é'].map(named), [
    'alice', 'a@b.c', "'Ana Torres'", "'O'\\''Hara'", "'$(rm)'", "'-x'", "'é'",
  ])
})
