"""The results of bench.py as Markdown."""
import statistics

import peers

FIRST = "stampmill"


def median(row, field):
    return statistics.median(one[field] for one in row["rounds"])


def pictures_a_second(one):
    return one["pictures"] / one["wall"]


def speed(row):
    return statistics.median(map(pictures_a_second, row["rounds"]))


def times(row, reference, what=pictures_a_second):
    """How many times what the reference reaches is what this one does, round by round."""
    return statistics.median(what(theirs) / what(ours) for ours, theirs in zip(row["rounds"], reference["rounds"]))


def cpu_a_picture(one):
    return one["cpu"] / one["pictures"]


def cell(value, form):
    return "" if value is None else format(value, form)


def name_of(name, row, job):
    made = min(one["pictures"] for one in row["rounds"])
    return f"{name} ({made:g} of {job['pictures']} made)" if made < job["pictures"] else name


def line(name, row, job):
    first = job["rows"].get(FIRST)
    cells = [name_of(name, row, job), f"{speed(row):.1f}", cell(times(row, first) if first else None, ".2f"),
             f"{statistics.median(map(cpu_a_picture, row['rounds'])) * 1000:.0f}", f"{median(row, 'peak') / 1024:.0f}",
             f"{row['peak_of_all'] / 1024:.0f}"]
    written = median(row, "bytes") / max(1, median(row, "pictures")) / 1000
    cells.append(f"{written:.0f}" if written else "")
    if row["psnr"] is not None or any(other["psnr"] is not None for other in job["rows"].values()):
        cells.append(cell(row["psnr"], ".1f"))
    return "| " + " | ".join(cells) + " |"


def of_job(job):
    heads = [f"{job['key']}: {job['title']}", "pictures/s", "stampmill is … times as fast", "CPU, ms a picture",
             "largest process, MB", "all processes, MB", "written, KB a picture"]
    if any(row["psnr"] is not None for row in job["rows"].values()):
        heads.append("luma PSNR, dB")
    return "\n".join(["| " + " | ".join(heads) + " |", "|---" + "|--:" * (len(heads) - 1) + "|",
                      *(line(name, row, job) for name, row in job["rows"].items())])


def heading(machine):
    return (f"{machine['cpu']}, {machine['cpus']} processors, {machine['system']}; {machine['processes']} processes,"
            f" {machine['rounds']} rounds, alternating{', cold cache' if machine['cold'] else ''}; medians. "
            + ", ".join(f"{name} {version}" for name, version in machine["versions"].items()) + ".")


def facts(results):
    rows = next((job["rows"] for job in results["jobs"] if job["key"] == "J1"), {})
    first = rows.get(FIRST)
    if first and "stampmill --jobs 1" in rows:
        yield f"{results['machine']['processes']} workers are {times(rows['stampmill --jobs 1'], first):.2f} times as fast as one (J1)."
    for name, scale in ((FIRST, "1/1"), ("stampmill --sampling fast", "1/2")):
        limit = rows.get(f"codec limit at {scale}")
        if limit and name in rows:
            yield f"{name} takes {times(limit, rows[name], cpu_a_picture):.2f} times the CPU of the codec limit at {scale} (J1)."
    peaks = ", ".join(f"--lane {lane}: {peak / 1024:.0f} MB" for lane, peak in results["peaks_100mp"].items())
    yield f"The largest process with a JPEG of 100 megapixels: {peaks}."
    yield f"{results['start'][0].upper()}{results['start'][1:]}."


def of_itself(results):
    machine = results["machine"]
    return "\n".join([*(f"- {fact}" for fact in facts(results)),
                      f"- Load of the machine before and after: {machine['load_before']:.1f}, {machine['load_after']:.1f}."])


def whole(results):
    seen = {name for job in results["jobs"] for name in job["rows"]}
    notes = [f"- {name}: {note}" for name, note in peers.NOTES.items() if name in seen]
    return "\n\n".join([heading(results["machine"]), *map(of_job, results["jobs"]), of_itself(results), "\n".join(notes)])
