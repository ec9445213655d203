/** What the server is told on its command line. Sized for a laptop that does other things too. */
export function postgresSettings(options: { port: number; socketFolder: string; durable: boolean }): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(options.port),
    unix_socket_directories: options.socketFolder,
    unix_socket_permissions: '0700',
    cluster_name: 'jetsaga',

    // Seven processes with a few pools each, and tests that open databases by the dozen.
    max_connections: '200',
    // The hot set (open executions and steps) is far smaller; the system's page cache does the rest.
    shared_buffers: '128MB',
    work_mem: '8MB',
    maintenance_work_mem: '64MB',
    // Laptops have solid-state disks.
    random_page_cost: '1.1',
    // Queries here take less time than compiling them would.
    jit: 'off',
    // Parallel queries need /dev/shm, which containers cut to 64 MB, and take cores from the services.
    max_parallel_workers_per_gather: '0',
    max_parallel_maintenance_workers: '0',
    // What is read is nearly always in memory; no need for processes that read ahead.
    io_method: 'sync',

    // Every promise of the platform rests on a commit being on disk when it is answered.
    fsync: options.durable ? 'on' : 'off',
    synchronous_commit: options.durable ? 'on' : 'off',
    full_page_writes: options.durable ? 'on' : 'off',
    // Rows are updated all the time: rare checkpoints mean few full-page images, and compressing these halves what is written.
    wal_compression: 'on',
    min_wal_size: '256MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',

    // Steps turn over quickly: look often, clean small.
    autovacuum_naptime: '15s',
    autovacuum_vacuum_scale_factor: '0.1',

    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
  };
}
