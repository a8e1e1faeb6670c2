package web

import (
	"strings"
)

// worldMap is a map of the world of which every country is one tile, so that a
// small one can be seen and pressed like a large one. Where a tile lies says
// roughly where the country lies, and no more.
const worldMap = `
.. .. .. .. .. GL .. .. .. IS .. .. .. NO SE FI .. .. .. .. .. .. .. .. .. .. .. ..
.. CA .. .. .. .. .. .. IM .. .. .. .. DK .. EE .. RU .. .. .. .. .. .. .. .. .. ..
.. US .. .. .. .. .. .. IE GB .. NL DE PL LT LV BY .. .. .. .. .. .. .. .. .. .. ..
MX .. .. BS BM .. .. .. GG JE BE LU CH CZ SK UA MD .. .. .. .. .. .. .. .. .. .. ..
GT BZ KY CU HT DO PR .. .. FR MC LI AT SI HU RO .. .. .. KZ .. MN .. .. .. .. .. ..
SV HN .. JM VG KN AG .. PT ES AD IT SM HR RS BG TR GE AZ UZ KG CN KP KR JP .. .. ..
NI CR PA .. DM LC BB .. GI .. .. VA BA ME XK MK CY AM IR TM TJ MO HK TW .. .. .. ..
.. .. CO VE VC GD TT .. .. .. .. MT .. .. AL GR LB SY IQ AF .. NP BT .. .. .. .. ..
.. EC PE BR GY SR .. .. .. MA DZ TN LY EG .. .. IL JO KW PK IN BD MM LA VN .. .. ..
.. .. BO PY UY .. .. .. .. MR ML NE TD SD ER .. PS SA BH QA .. .. TH KH .. PH .. ..
.. .. CL AR .. .. .. CV SN GM BF NG CF SS ET DJ .. YE AE OM MV LK .. MY BN PW FM MH
.. .. .. .. .. .. .. .. GW GN TG BJ CM UG KE SO .. .. .. .. .. .. SG ID TL PG SB NR
.. .. .. .. .. .. .. .. SL LR CI GH GQ RW TZ .. SC .. .. .. .. .. .. .. .. VU TV KI
.. .. .. .. .. .. .. .. .. .. ST GA CG CD BI .. KM .. .. .. .. .. .. .. AU .. FJ WS
.. .. .. .. .. .. .. .. .. .. .. .. AO ZM MW .. MG .. .. .. .. .. .. .. .. NZ TO ..
.. .. .. .. .. .. .. .. .. .. .. NA BW ZW MZ .. .. MU .. .. .. .. .. .. .. .. .. ..
.. .. .. .. .. .. .. .. .. .. .. .. ZA LS SZ .. .. .. .. .. .. .. .. .. .. .. .. ..
`

// spot is where a tile lies, counted from 1.
type spot struct {
	code     string
	row, col int
}

// worldSpots returns the tiles of the map, row by row.
func worldSpots() []spot {
	var spots []spot
	for row, line := range strings.Split(strings.TrimSpace(worldMap), "\n") {
		for col, code := range strings.Fields(line) {
			if code != ".." {
				spots = append(spots, spot{code, row + 1, col + 1})
			}
		}
	}
	return spots
}
