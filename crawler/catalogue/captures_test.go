package catalogue_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
	"github.com/backdoorwatch/backdoorwatch/crawler/parse/listing"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

// genuine says which captured answer of which address the description of a
// source must be able to read, and what it must find there.
var genuine = []struct {
	source, file, url string
	docs              int // exactly so many
	title             string
	official          string // of the first document; empty where the source states none
	published         string
	step              policy.Stage // of the first document's last step
}{
	{"gb-bills", "uk-bills-api/bills.json", "https://bills-api.parliament.uk/api/v1/Bills?SortOrder=DateUpdatedDescending", 1, "Abolition of Business Rates Bill", "UK bill 2818", "", policy.StageFloor},
	{"gb-bills", "uk-bills-api/bill-2818.json", "https://bills-api.parliament.uk/api/v1/Bills/2818", 1, "Abolition of Business Rates Bill", "UK bill 2818", "", policy.StageFloor},
	{"gb-bills", "uk-bills-api/bill-2818_publications.json", "https://bills-api.parliament.uk/api/v1/Bills/2818/Publications", 41, "Constitutional Reform and Governance Act 2010 c.25", "UK bill 512", "2010-04-12", ""},
	{"gb-commons-divisions", "uk-votes-api/commons.json", "https://commonsvotes-api.parliament.uk/data/divisions.json/search", 0, "Non-Domestic Rating (Multipliers and Private Schools) Bill: Second Reading", "", "2024-11-25T21:50:00Z", ""},
	{"gb-commons-divisions", "uk-votes-api/commons-1873.json", "https://commonsvotes-api.parliament.uk/data/division/1873.json", 1, "Non-Domestic Rating (Multipliers and Private Schools) Bill: Second Reading", "", "2024-11-25T21:50:00Z", ""},
	{"gb-lords-divisions", "uk-votes-api/lords.json", "https://lordsvotes-api.parliament.uk/data/Divisions/search", 0, "Water (Special Measures) Bill [HL]", "", "2024-11-20", ""},
	{"gb-legislation", "uk-legislation/atom-ukpga-2018.xml", "https://www.legislation.gov.uk/ukpga/2018/data.feed", 20, "Homes (Fitness for Human Habitation) Act 2018", "2018 c. 34", "", ""},
	{"gb-legislation", "uk-legislation/atom-title-construction.xml", "http://www.legislation.gov.uk/title/construction/data.feed", 0, "", "", "", ""},
	{"gb-legislation", "uk-legislation/dpa-2018-changes.feed.xml", "https://www.legislation.gov.uk/changes/affected/ukpga/2018/12/data.feed?results-count=50&sort=modified", 0, "", "2025 c. 36", "", ""},
	{"gb-legislation", "uk-legislation/human-rights-1998.xml", "https://www.legislation.gov.uk/ukpga/1998/42/data.xml", 1, "Human Rights Act 1998", "1998 c. 42", "", ""},
	{"gb-govuk", "uk-govuk-content/news_article_best-practice-press-release.json", "https://www.gov.uk/api/content/x", 1, "New FRANK adverts mark tenth anniversary", "", "2013-01-28", ""},
	{"gb-govuk", "uk-govuk-content/consultation_closed_consultation.json", "https://www.gov.uk/api/content/x", 1, "", "", "", ""},
	{"gb-caselaw", "uk-caselaw/ewhc_admin_2017_3364.xml", "https://caselaw.nationalarchives.gov.uk/ewhc/admin/2017/3364/data.xml", 1, "Corbiere Ltd & Ors, R (On the Application Of) v Secretary Of State For Justice & Ors", "[2017] EWHC 3364 (Admin)", "2017-12-20", ""},
	{"eu-ep-csa-regulation", "eu-ep-opendata/odp-procedure_2025-0260.json", "https://data.europarl.europa.eu/api/v2/procedures/2025-0260?format=application/ld+json", 1, "", "2025/0260(COD)", "2025-10-20", ""},
	{"eu-ep-csa-regulation", "eu-ep-opendata/odp-procedure_2016-0132.json", "https://data.europarl.europa.eu/api/v2/procedures/2016-0132?format=application/ld+json", 1, "", "2016/0132(COD)", "", ""},
	{"eu-ep-csa-regulation", "eu-ep-opendata/vote-results_MTG-PL-2026-07-09.json", "https://data.europarl.europa.eu/api/v2/meetings/MTG-PL-2026-07-09/vote-results", 0, "Establishment of the digital euro ***I", "", "2026-07-09", ""},
	{"eu-ep-csa-regulation", "eu-ep-opendata/chatcontrol_MTG-PL-2024-04-10-DEC-167712.json", "https://data.europarl.europa.eu/api/v2/events/x", 1, "", "", "2024-04-10", ""},
	{"eu-ep-csa-regulation", "eu-ep-opendata/chatcontrol_MTG-PL-2026-07-09-VOT-ITM-993015.json", "https://data.europarl.europa.eu/api/v2/events/MTG-PL-2026-07-09-VOT-ITM-993015", 1, "", "2025/0429(COD)", "2026-07-09", ""},
	{"eu-ep-csa-regulation", "eu-ep-opendata/odp-document_rc-9-2021-0068.json", "https://data.europarl.europa.eu/api/v2/plenary-documents/RC-9-2021-0068", 1, "", "RC9-0068/2021", "2021-01-20", ""},
	{"eu-oeil", "eu-oeil/oeil-procedure-file_2024-0258-cod.html", "https://oeil.europarl.europa.eu/oeil/en/procedure-file?reference=2024/0258(COD)", 1, "Establishing the Reform and Growth Facility for Moldova", "2024/0258(COD)", "2024-10-09", policy.StageInForce},
	{"eu-oeil", "eu-oeil/oeil-procedure-file_2022_0377-nle.html", "https://oeil.europarl.europa.eu/oeil/en/procedure-file?reference=2022/0377(NLE)", 1, "", "2022/0377(NLE)", "", ""},
	{"eu-oeil", "eu-oeil/oeil-document-summary_1651118.html", "https://oeil.europarl.europa.eu/oeil/en/document-summary?id=1651118", 1, "Resolution on the situation in Myanmar", "2021/2540(RSP)", "2021-02-11", ""},
	{"eu-eurlex-legislation", "eu-eurlex/eurlex-procedure_2023-102.html", "https://eur-lex.europa.eu/procedure/EN/2023_102", 1, "", "2023/0102(NLE)", "", ""},
	{"eu-cellar", "eu-cellar-sparql/32022R2065_metadata.json", "https://publications.europa.eu/webapi/rdf/sparql", 0, "", "32022R2065", "2022-10-19", ""},
	{"us-congress", "us-congress-gov/bill_bill-f60c0f.json", "https://api.congress.gov/v3/bill?format=json", 20, "Airport and Airway Extension Act of 2023, Part II", "H.R. 6503 (118th)", "2023-12-26", policy.StageEnacted},
	{"us-congress", "us-congress-gov/law_118-f60c0f.json", "https://api.congress.gov/v3/law/118?format=json", 20, "Federal Judiciary Stabilization Act of 2024", "S. 3998 (118th)", "2024-12-23", policy.StageEnacted},
	{"us-congress", "us-congress-gov/bill2_3076-f60c0f.json", "https://api.congress.gov/v3/bill/117/hr/3076?format=json", 1, "Postal Service Reform Act of 2022", "H.R. 3076 (117th)", "2021-05-11", policy.StageEnacted},
	{"us-congress", "us-congress-gov/loc_bill_117_hr_21.json", "https://api.congress.gov/v3/bill/117/hr/21?format=json", 1, "FedRAMP Authorization Act", "H.R. 21 (117th)", "2021-01-04", policy.StagePassedChamber},
	{"us-congress", "us-congress-gov/bill3_actions-f60c0f.json", "https://api.congress.gov/v3/bill/117/hr/3076/actions?format=json", 1, "Actions on HR 3076, Congress 117", "H.R. 3076 (117th)", "2022-04-06", policy.StageEnacted},
	{"us-congress", "us-congress-gov/bill5_summaries-f60c0f.json", "https://api.congress.gov/v3/bill/117/hr/3076/summaries?format=json", 5, "HR 3076, summary: Introduced in House", "H.R. 3076 (117th)", "2021-05-11", ""},
	{"us-congress", "us-congress-gov/bill4_text-f60c0f.json", "https://api.congress.gov/v3/bill/117/hr/3076/text?format=json", 1, "Texts of HR 3076, Congress 117", "H.R. 3076 (117th)", "", ""},
	{"us-congress", "us-congress-gov/amendment_amendment-f60c0f.json", "https://api.congress.gov/v3/amendment?format=json", 20, "", "", "2023-12-19", ""},
	{"us-congress", "us-congress-gov/housevote2_17-f60c0f.json", "https://api.congress.gov/v3/house-vote/119/1/17?format=json", 1, "On Passage: HR 30, Passed", "H.R. 30 (119th)", "", ""},
	{"us-congress", "us-congress-gov/hearing1_41365-f60c0f.json", "https://api.congress.gov/v3/hearing/116/house/41365?format=json", 1, "ECONOMIC OPPORTUNITIES FROM LOCAL AGRICULTURAL MARKETS", "H.Hrg.116", "2020-02-11", ""},
	{"us-govinfo-bills", "us-govinfo/BILLS-sample.json", "https://api.govinfo.gov/collections/BILLS/2018-01-28T00:00:00Z", 100, "BILLS-115hr4403rh", "H.R. 4403 (115th)", "", ""},
	{"us-govinfo-bills", "us-govinfo/FR-2018-04-12-summary.json", "https://api.govinfo.gov/packages/FR-2018-04-12/summary", 1, "Federal Register Volume 83 Issue 71 (April 12, 2018)", "", "2018-04-12", ""},
	{"us-govinfo-bills", "us-govinfo-billstatus/BILLSTATUS-117hr2471.xml", "https://www.govinfo.gov/bulkdata/BILLSTATUS/117/hr/BILLSTATUS-117hr2471.xml", 1, "Consolidated Appropriations Act, 2022", "H.R. 2471 (117th)", "", ""},
	{"us-govinfo-bills", "us-govinfo-billstatus/BILLSTATUS-114hr22.xml", "https://www.govinfo.gov/bulkdata/BILLSTATUS/114/hr/BILLSTATUS-114hr22.xml", 1, "", "H.R. 22 (114th)", "", ""},
	{"us-govinfo-bills", "us-govinfo/BILLS-119hr9025ih.html", "https://www.govinfo.gov/content/pkg/BILLS-119hr9025ih/html/BILLS-119hr9025ih.htm", 1, "", "H.R. 9025 (119th)", "", ""},
	{"us-govinfo-bills", "us-govtrack/s968-112_govtrack.xml", "https://www.govtrack.us/data/us/112/bills/s968.xml", 1, "PIPA", "S. 968 (112th)", "2011-05-12", ""},
	{"us-federal-register", "us-federalregister/documents_search_first100.json", "https://www.federalregister.gov/api/v1/documents.json?x=1", 100, "", "FR Doc. 2020-17784", "2020-08-12", ""},
	{"us-federal-register", "us-federalregister/public_documents_current.json", "https://www.federalregister.gov/api/v1/public-inspection-documents/current.json", 100, "", "FR Doc. 2020-17086", "2020-08-12", ""},
	{"us-federal-register", "us-federalregister/document.json", "https://www.federalregister.gov/api/v1/documents/{number}.json", 1, "", "FR Doc. 2020-17469", "2020-08-11", policy.StageConsultation},
	{"us-regulations", "us-regulations-gov/documents_of_docket.json", "https://api.regulations.gov/v4/documents?x", 0, "Supporting Statement for ICR# 0309.10", "EPA-HQ-OAR-2003-0129", "2003-04-24T04:00:00Z", ""},
	{"us-regulations", "us-regulations-gov/document_FRTIB_FRDOC_0001-0319.json", "https://api.regulations.gov/v4/documents/FRTIB_FRDOC_0001-0319", 1, "", "FRTIB_FRDOC_0001", "", ""},
	{"us-legiscan", "us-legiscan/bill_HB3.json", "https://api.legiscan.com/?op=getBill&id=1", 1, "Requirements For Driver's License", "HB 3", "2011-02-28", ""},
	{"us-senate-votes", "us-senate-lis/menu.xml", "https://www.senate.gov/legislative/LIS/roll_call_lists/vote_menu_119_2.xml", 0, "", "H.R. 10545 (118th)", "2024-12-21", ""},
	{"us-senate-votes", "us-senate-lis/vote-cloture.xml", "https://www.senate.gov/legislative/LIS/roll_call_votes/x.xml", 1, "Motion to Invoke Cloture: John A. Kazen to be U.S. District Judge for the Southern District of Texas", "", "", ""},
	{"ie-oireachtas", "ie-oireachtas/legislation.json", "https://api.oireachtas.ie/v1/legislation?limit=50", 50, "Public Sector (Plain Language) Bill 2019", "Bill 4 of 2019", "", policy.StageIntroduced},
	{"ch-parlament", "ch-parlament-odata/search_business_1.json", "https://ws.parlament.ch/odata.svc/Business?%24format=json", 3, "Verbesserungspotential bei der Innovationsförderung gemäss Klimaschutzgesetz", "26.3723", "2026-06-18", policy.StageIntroduced},
	{"ch-parlament", "ch-parlament-odata/get_business_1.json", "https://ws.parlament.ch/odata.svc/Business(ID=20263723,Language='DE')?%24format=json", 1, "Verbesserungspotential bei der Innovationsförderung gemäss Klimaschutzgesetz", "26.3723", "2026-06-18", policy.StageIntroduced},
	{"ch-openparldata", "ch-openparldata/search_affairs_1.json", "https://api.openparldata.ch/v1/affairs/", 3, "", "2026/339", "2026-07-01", ""},
	{"ch-openparldata", "ch-openparldata/get_affair_1.json", "https://api.openparldata.ch/v1/affairs/336140", 1, "", "2026/339", "2026-07-01", ""},
	{"at-ris-drafts", "at-ris/search-bgblauth-2004-01.json", "https://data.bka.gv.at/ris/api/v2.6/Bundesrecht?Applikation=BgblAuth", 2, "", "BGBl. II Nr. 68/2004", "2004-01-30", ""},
	{"at-ris-drafts", "at-ris/search-lgblauth.json", "https://data.bka.gv.at/ris/api/v2.6/Landesrecht?Applikation=LgblAuth", 0, "", "*", "", ""},
	{"at-ris-drafts", "at-ris/search-vfgh.json", "https://data.bka.gv.at/ris/api/v2.6/Judikatur?Applikation=Vfgh", 0, "", "*", "*", ""},
	{"at-cabinet", "at-ris/search-mrp.json", "https://data.bka.gv.at/ris/api/v2.6/Sonstige?Applikation=Mrp", 2, "", "MRP_20260701_59", "2026-07-01", ""},
	{"de-abgeordnetenwatch", "de-abgeordnetenwatch/polls_legislature_111.json", "https://www.abgeordnetenwatch.de/api/v2/polls?field_legislature=111&range_end=999", 0, "Änderung des Infektionsschutzgesetzes und Grundrechtseinschränkungen", "", "2021-09-07", ""},
	{"de-abgeordnetenwatch", "de-abgeordnetenwatch/poll_4217_votes.json", "https://www.abgeordnetenwatch.de/api/v2/polls/4217?related_data=votes", 1, "", "", "*", ""},
	{"se-riksdagen", "se-riksdagen/h70364.json", "https://data.riksdagen.se/dokumentstatus/H70364.json", 1, "Hemlig dataavläsning", "Prop. 2019/20:64", "2019-12-16", ""},
	{"se-riksdagen", "se-riksdagen/h701juu10.json", "https://data.riksdagen.se/dokumentstatus/H701JUU10.json", 1, "Skärpta straffrättsliga sanktioner mot företag", "Bet. 2019/20:JuU10", "2019-11-15", ""},
	{"no-stortinget", "no-stortinget/parliament_issues.xml", "https://data.stortinget.no/eksport/saker?sesjonid=2011-2012", 0, "", "Prop. 90 S (2011-2012)", "", policy.StageIntroduced},
	{"no-stortinget", "no-stortinget/propositions_2175.xml", "https://data.stortinget.no/eksport/voteringsforslag?voteringid=2175", 0, "*", "", "", ""},
	{"pl-sejm", "pl-sejm-eli/sample-rozporzadzenie-simple-2024-1984.meta.json", "https://api.sejm.gov.pl/eli/acts/DU/2024/1984", 1, "", "Dz.U. 2024 poz. 1984", "2024-12-30", policy.StageInForce},
	{"fr-senat", "fr-senat/dosleg_confiance.html", "https://www.senat.fr/dossier-legislatif/x.html", 1, "Confiance dans la vie politique", "Loi 2017-1338", "2017-06-14", policy.StageEnacted},
	{"fr-senat", "fr-senat/dosleg_lutte-antiterroriste.html", "https://www.senat.fr/dossier-legislatif/x.html", 1, "Lutte antiterroriste", "*", "*", ""},
	{"be-moniteur", "be-moniteur/listing-loi-2024.html", "https://www.ejustice.just.fgov.be/eli/loi/2024", 0, "7 JANVIER 2024. - Loi modifiant la loi-programme (I) du 27 décembre 2006 en ce qui concerne la subvention à l'ASBL \"Patienten Rat & Treff\" (1)", "2024000164", "2024-01-17", ""},
	{"br-senado", "br-senado/materia_atualizadas-97ff7b.json", "https://legis.senado.leg.br/dadosabertos/materia/atualizadas", 0, "", "PLS 464/2003", "", ""},
	{"br-senado", "br-senado/materia_PLS_5_2010.json", "http://legis.senado.gov.br/dadosabertos/materia/PLS/5/2010", 1, "PLS 5/2010", "PLS 5/2010", "2010-02-02", policy.StageWithdrawn},
	{"br-senado", "br-senado/materia_movimentacoes_9123.json", "http://legis.senado.leg.br/dadosabertos/materia/movimentacoes/9123", 1, "MSG 47/1984", "MSG 47/1984", "", ""},
	{"il-knesset", "il-knesset-odata/KNS_Bill.xml", "http://knesset.gov.il/Odata/ParliamentInfo.svc/KNS_Bill", 0, "חוק שכר חברי הכנסת, התש\"ט-1949", "Knesset bill 5", "1949-06-07", ""},
	{"ua-rada", "ua-rada/recent-page1.json", "https://data.rada.gov.ua/laws/main/r/page1.json", 5, "Про облікову ціну банківських металів", "n0138500-26", "2026-04-07", ""},
	{"ua-rada", "ua-rada/card-1103-16.json", "https://data.rada.gov.ua/laws/card/1103-16.json", 1, "", "1103-16", "2007-05-31", ""},
	{"ca-legisinfo", "ca-ourcommons-hansard/44-1-303-en.xml", "https://www.ourcommons.ca/Content/House/441/Debates/303/HAN303-E.XML", 1, "House of Commons Debates, No. 303, Friday, April 19, 2024", "", "2024-04-19", ""},
}

func TestDescriptionsReadWhatSourcesServe(t *testing.T) {
	captures := filepath.Join(prerequisite.Captures(t), "official")
	sources, err := catalogue.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range genuine {
		t.Run(want.source+" "+filepath.Base(want.file), func(t *testing.T) {
			body, err := os.ReadFile(filepath.Join(captures, want.file))
			if err != nil {
				t.Fatal(err)
			}
			source, fit := catalogue.Find(sources, want.url)
			if source.ID != want.source || fit < catalogue.ListFit {
				t.Fatalf("the address belongs to %q (fit %d)", source.ID, fit)
			}
			reader := source.Listing()
			if detail, ok := source.DetailFor(want.url); ok {
				reader = detail.Listing()
			}
			page, err := reader.Read(parse.Input{URL: want.url, Body: body, Language: source.Language})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d documents, problems %q", len(page.Documents), page.Problems)
			if len(page.Documents) == 0 || want.docs > 0 && len(page.Documents) != want.docs {
				t.Fatalf("%d documents, want %d", len(page.Documents), want.docs)
			}
			compare(t, page, want.title, want.official, want.published, want.step)
		})
	}
}

func compare(t *testing.T, page listing.Page, title, official, published string, step policy.Stage) {
	t.Helper()
	first := page.Documents[0]
	if first.Title == "" || title != "" && title != "*" && first.Title != title {
		t.Errorf("title %q, want %q", first.Title, title)
	}
	switch {
	case official == "*", official == "":
	case len(first.OfficialIDs) == 0 || first.OfficialIDs[0] != official:
		t.Errorf("official ids %q, want %q", first.OfficialIDs, official)
	}
	if published == "*" {
		published = first.Published.String()
	}
	if published != "" && first.Published.String() != published {
		t.Errorf("published %q, want %q", first.Published, published)
	}
	if step != "" {
		if len(first.Steps) == 0 || first.Steps[len(first.Steps)-1].Stage != step {
			t.Errorf("steps %+v, want the last to be %s", first.Steps, step)
		}
	}
	if len(page.Problems) > 0 {
		t.Errorf("problems: %q", page.Problems)
	}
	if first.URL == "" || first.EntryID == "" {
		t.Errorf("address %q, id %q", first.URL, first.EntryID)
	}
}
