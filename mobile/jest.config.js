module.exports = {
  preset: 'jest-expo',
  setupFilesAfterEnv: ['./test/setup.ts'],
  testMatch: ['<rootDir>/test/**/*.test.{ts,tsx}'],
  testTimeout: 60_000,
  // The console's files that the app shares stand beside the app.
  roots: ['<rootDir>', '<rootDir>/../console/src'],
  modulePaths: ['<rootDir>/node_modules'],
}
