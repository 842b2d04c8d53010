declare module 'world-atlas/*.json' {
  const topology: unknown
  export default topology
}
