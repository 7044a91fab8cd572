/** Which rank this process is, as whoever started it says, before anything is launched. */
export function rankOfProcess(): number {
  const { LOCAL_RANK, OMPI_COMM_WORLD_RANK, PMI_RANK } = process.env;
  return Number(OMPI_COMM_WORLD_RANK ?? PMI_RANK ?? LOCAL_RANK ?? 0);
}
